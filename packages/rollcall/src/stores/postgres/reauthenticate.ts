import { decideReauthentication } from "../../core/model/reauthentication.js";
import type { SessionId } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Reauthentication, ReauthenticationOutcome } from "../../core/port/operations.js";
import { integerOf, nullable } from "../row.js";
import { toSession } from "../session-columns.js";
import type { Scope } from "./connection/scope.js";
import { insertEvents, OF_CHANGED } from "./sql/event-sql.js";
import { ACTIVE, columns, KEY_IDS, lacksKey, ofUser } from "./sql/session-sql.js";
import { HINT, NOW, reading, type Statement, writing } from "./sql/statement.js";

const KEY = ":keyId::pg_catalog.text";
const IDLE = "ctx.now + :idleTimeout::bigint";
/** The application's own clock gave it, and may be ahead. */
const AUTHENTICATED = "least(coalesce(:authenticatedAt::bigint, ctx.now), ctx.now)";
const ABSOLUTE = `least(s.created_at + :absoluteTimeout::bigint,
    ${AUTHENTICATED} + :levelTimeout::bigint)`;
const FORMER = "greatest(s.generation, :presented::bigint)";

/**
 * Must match `reauthenticated` of the core. The user is locked first, as by everything that moves
 * their "everywhere": whoever moves it waits for this, or is waited for. The row of a user is only
 * looked for, never made: nothing may be left of one who was erased.
 */
export const REAUTHENTICATE: Statement = writing(`
, owner as materialized (
  select u.everywhere_at, u.claims_at
  from rollcall_users as u cross join ctx
  where ${ofUser("u")}
  for share of u
),
changed as (
  update rollcall_sessions as s
  set generation = ${FORMER} + 1,
    predecessor = 0,
    superseded_to = ${FORMER},
    outdated_to = ${FORMER},
    outdated_until = greatest(s.access_until, coalesce(s.outdated_until, 0) + 1),
    rotated_at = ctx.now,
    key_id = ${KEY},
    key_ids = ${KEY_IDS} || case when ${lacksKey(KEY_IDS, KEY)} then ',' || ${KEY} else '' end,
    last_used_at = greatest(s.last_used_at, ctx.now),
    authenticated_at = ${AUTHENTICATED},
    methods = :methods::pg_catalog.text::pg_catalog.json,
    level = :level::pg_catalog.text,
    idle_timeout = :idleTimeout::bigint,
    absolute_expires_at = ${ABSOLUTE},
    expires_at = least(${IDLE}, ${ABSOLUTE}),
    access_until = greatest(s.access_until,
      least(ctx.now + :accessTokenTtl::bigint, ${IDLE}, ${ABSOLUTE}))
  from ctx
  where s.id = :id::pg_catalog.uuid and ${ofUser("s")} and ${ACTIVE}
    and :presented::bigint > coalesce(s.superseded_to, 0)
    and coalesce(:authenticatedAt::bigint, ctx.now)
      >= coalesce((select owner.everywhere_at from owner), 0)
  returning ${columns("s")}, ctx.now
),
noted as (
  ${insertEvents(
    {
      ...OF_CHANGED,
      type: "'session.reauthenticated'",
      actor: ":self::pg_catalog.text::pg_catalog.jsonb",
      data: ":data::pg_catalog.text::pg_catalog.jsonb",
    },
    "changed as c",
  )}
)
select ${columns("c")}, c.now, (select owner.claims_at from owner) as claims_at, ${HINT}
from changed as c`);

/** What the statement found, where it changed nothing. */
export const LOOK: Statement = reading(`
select ${columns("s")}, ${NOW} as now,
  (select u.everywhere_at from rollcall_users as u where ${ofUser("u")}) as everywhere_at
from rollcall_sessions as s
where s.id = :id::pg_catalog.uuid and ${ofUser("s")}`);

/** Each round is lost to a change of the row or of the user between the two statements. */
const ROUNDS = 10;

/** One UPDATE; only an empty result is looked into. */
export async function reauthenticate(
  scope: Scope,
  user: User,
  id: SessionId,
  { now, ...input }: Reauthentication,
): Promise<ReauthenticationOutcome> {
  const { report } = scope;
  const { methods, level } = input;
  const owned = { id, userType: user.type, userId: user.id };
  for (let round = 0; round < ROUNDS; round += 1) {
    const [row] = await scope.write(REAUTHENTICATE, now, {
      ...input,
      ...owned,
      methods: JSON.stringify(methods),
      self: JSON.stringify({ kind: "self", sessionId: id }),
      data: JSON.stringify({ methods, level }),
      processId: scope.processId,
    });
    if (row !== undefined) {
      const claimsAt = nullable(integerOf, row, "claims_at");
      const found = { session: toSession(row, report), now: integerOf(row, "now") };
      return { outcome: "reauthenticated", ...found, claimsAt };
    }
    const [left] = await scope.read(LOOK, { ...owned, now: now ?? null });
    if (left === undefined) return { outcome: "unknown" };
    const found = { session: toSession(left, report), now: integerOf(left, "now") };
    const everywhereAt = nullable(integerOf, left, "everywhere_at");
    const decision = decideReauthentication(found.session, input, everywhereAt, found.now);
    if (decision !== "reauthenticate") return { outcome: decision, ...found };
  }
  throw new Error("the session changed each time while its re-authentication was decided");
}

import { decide, rotated } from "../../core/model/rotation.js";
import type { Found, Rotation, RotationOutcome } from "../../core/port/operations.js";
import { integerOf, type Row } from "../row.js";
import { sessionValues, toSession } from "../session-columns.js";
import type { Scope } from "./connection/scope.js";
import { find } from "./find.js";
import { revokeReused } from "./revoke-reused.js";
import { insertEvents, OF_CHANGED, SYSTEM } from "./sql/event-sql.js";
import { ACTIVE, columns, KEY_IDS, lacksKey } from "./sql/session-sql.js";
import { NOTIFY, type Statement, writing } from "./sql/statement.js";

const PRESENTED_KEY = ":presentedKeyId::pg_catalog.text";
const SIGNING_KEY = ":keyId::pg_catalog.text";

/** `key_ids` once a token under the one key has led to a token under the other. */
const KEY_IDS_AFTER = `${KEY_IDS}
    || case when ${lacksKey(KEY_IDS, PRESENTED_KEY)} then ',' || ${PRESENTED_KEY} else '' end
    || case when ${lacksKey(KEY_IDS, SIGNING_KEY)} and ${SIGNING_KEY} <> ${PRESENTED_KEY}
      then ',' || ${SIGNING_KEY} else '' end`;

/** The actor of what a session does to itself. */
const SELF = "pg_catalog.jsonb_build_object('kind', 'self', 'sessionId', c.id)";

const IP = ":ip::pg_catalog.text";
const USER_AGENT = ":userAgent::pg_catalog.text";

/** Must match `seenFrom` of the core. A user agent is kept only where one was recorded. */
const SET_SEEN_FROM = `last_ip = coalesce(${IP}, s.last_ip),
    last_user_agent = case when s.last_user_agent is not null then coalesce(${USER_AGENT}, s.last_user_agent) end`;

/** The events of `changed`, beside `before`, which is the row as it was. Must match `movesOf` of the core. */
const MOVES = `
    select 1 as step, 'session.address_changed' as type, b.last_ip as former, c.last_ip as latter
    from before as b cross join changed as c where b.last_ip <> c.last_ip
    union all
    select 2, 'session.user_agent_changed', b.last_user_agent, c.last_user_agent
    from before as b cross join changed as c where b.last_user_agent <> c.last_user_agent`;

const MOVED = insertEvents(
  {
    ...OF_CHANGED,
    type: "e.type",
    actor: SELF,
    data: "pg_catalog.jsonb_build_object('from', e.former, 'to', e.latter)",
  },
  `changed as c cross join (${MOVES}) as e order by e.step`,
);

/** Hints are sent only if there is something to read. */
const HINT_OF_MOVES = `case when exists (select from moved) then ${NOTIFY} end`;

/**
 * Must match `rotated` of the core for the decision `rotate`. Only a rotation changes what `before`
 * reads, and none comes between it and this one, or the generation would be another.
 */
export const ROTATE: Statement = writing(`
, before as (
  select s.last_ip, s.last_user_agent
  from rollcall_sessions as s
  where s.id = :id::pg_catalog.uuid and s.generation = :presented::bigint
),
changed as (
  update rollcall_sessions as s
  set generation = s.generation + 1,
    predecessor = s.generation,
    rotated_at = ctx.now,
    key_id = ${SIGNING_KEY},
    key_ids = ${KEY_IDS_AFTER},
    last_used_at = greatest(s.last_used_at, ctx.now),
    ${SET_SEEN_FROM},
    expires_at = greatest(
      s.expires_at, least(ctx.now + s.idle_timeout, s.absolute_expires_at)),
    access_until = greatest(s.access_until,
      least(ctx.now + :accessTokenTtl::bigint, ctx.now + s.idle_timeout, s.absolute_expires_at))
  from ctx
  where s.id = :id::pg_catalog.uuid and s.generation = :presented::bigint and ${ACTIVE}
  returning ${columns("s")}, ctx.now
),
moved as (
  ${MOVED}
  returning session_id
)
select ${columns("c")}, c.now, ${HINT_OF_MOVES} as hinted
from changed as c`);

/**
 * Writes the decision `skip` or `ahead` (`:isAhead`), made for the row as the parameters `:was…`
 * describe it. Columns that `touch` may have moved meanwhile only grow.
 */
export const ADVANCE: Statement = writing(`
, before as (
  select :wasIp::pg_catalog.text as last_ip, :wasUserAgent::pg_catalog.text as last_user_agent
),
changed as (
  update rollcall_sessions as s
  set generation = :generation::bigint,
    predecessor = :predecessor::bigint,
    void_from = :skippedFrom::bigint,
    void_to = :skippedTo::bigint,
    rotated_at = :rotatedAt::bigint,
    key_id = ${SIGNING_KEY},
    key_ids = ${KEY_IDS_AFTER},
    last_used_at = greatest(s.last_used_at, :lastUsedAt::bigint),
    ${SET_SEEN_FROM},
    expires_at = greatest(s.expires_at, :expiresAt::bigint),
    access_until = greatest(s.access_until, :accessUntil::bigint)
  from ctx
  where s.id = :id::pg_catalog.uuid and s.generation = :wasGeneration::bigint
    and s.predecessor = :wasPredecessor::bigint and s.confirmed = :wasConfirmed::bigint
    and s.rotated_at = :wasRotatedAt::bigint and ${ACTIVE}
  returning ${columns("s")}, ctx.now
),
noted as (
  ${insertEvents(
    { ...OF_CHANGED, type: "'session.generation_ahead'", actor: SYSTEM, data: "null" },
    "changed as c\n  where :isAhead::boolean",
  )}
),
moved as (
  ${MOVED}
  returning session_id
)
select ${columns("c")}, c.now,
  case when :isAhead::boolean then ${NOTIFY} else ${HINT_OF_MOVES} end as hinted
from changed as c`);

/** A retry under a key that its session has not seen yet. */
export const ADD_KEY: Statement = writing(`
update rollcall_sessions as s
set key_ids = ${KEY_IDS} || ',' || ${PRESENTED_KEY}
from ctx
where s.id = :id::pg_catalog.uuid and ${ACTIVE} and ${lacksKey(KEY_IDS, PRESENTED_KEY)}
returning s.id`);

/** Each round is lost to another change of the same row, which then settles most presentations. */
const ROUNDS = 10;

/**
 * Presents a generation. The good case is one UPDATE; whoever gets its row has rotated. Only an
 * empty result is looked into, with the core's own decision table, and what it decides is written
 * only if the row is still the one it was decided for.
 */
export async function rotate(
  scope: Scope,
  input: Rotation,
  isGivenUp: () => boolean,
): Promise<RotationOutcome> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const outcome = await tryOnce(scope, input, isGivenUp);
    if (outcome !== null) return outcome;
  }
  throw new Error("the session changed each time while its refresh was decided");
}

/** `null`: another change came in between. */
async function tryOnce(
  scope: Scope,
  input: Rotation,
  isGivenUp: () => boolean,
): Promise<RotationOutcome | null> {
  const { id, presented, presentedKeyId, keyId, ip, userAgent, accessTokenTtl } = input;
  const values = { id, presented, presentedKeyId, keyId, ip, userAgent, accessTokenTtl };
  const { processId } = scope;
  const done = toFound(scope, await scope.write(ROTATE, input.now, { ...values, processId }));
  if (done !== null) return { outcome: "rotated", ...done };

  const found = await find(scope, id, input.now);
  if (found === null) return { outcome: "unknown" };
  // Whoever asked was answered 503, and may have refreshed twice elsewhere since: what a stalled
  // network delivers only now would look like reuse, and must not end an honest client's session.
  if (isGivenUp()) throw new Error("the refresh was given up before it could be decided");
  const decision = decide(found.session, presented, found.now, input.retryWindow);
  switch (decision) {
    case "rotate":
      return null;
    case "superseded":
    case "revoked":
    case "expired":
      return { outcome: decision, ...found };
    case "retry":
      if (presentedKeyId !== found.session.keyId) {
        await scope.write(ADD_KEY, input.now, { id, presentedKeyId });
      }
      return { outcome: "retried", ...found };
    case "reuse": {
      // No change of the row turns reuse into anything else, so it needs no other guard.
      const ended = toFound(scope, await revokeReused(scope, [id], input.now, true));
      return ended === null ? null : { outcome: "reused", ...ended };
    }
    default: {
      const moved = toFound(scope, await advance(scope, input, found, decision));
      return moved === null ? null : { outcome: "rotated", ...moved };
    }
  }
}

function advance(
  scope: Scope,
  input: Rotation,
  { session, now }: Found,
  decision: "skip" | "ahead",
): Promise<readonly Row[]> {
  return scope.write(ADVANCE, now, {
    ...sessionValues(rotated(session, decision, input, now)),
    wasGeneration: session.generation,
    wasPredecessor: session.predecessor,
    wasConfirmed: session.confirmed,
    wasRotatedAt: session.rotatedAt,
    wasIp: session.lastIp,
    wasUserAgent: session.lastUserAgent,
    ip: input.ip,
    userAgent: input.userAgent,
    presentedKeyId: input.presentedKeyId,
    isAhead: decision === "ahead",
    processId: scope.processId,
  });
}

function toFound({ report }: Scope, [row]: readonly Row[]): Found | null {
  if (row === undefined) return null;
  return { session: toSession(row, report), now: integerOf(row, "now") };
}

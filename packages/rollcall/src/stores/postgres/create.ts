import { firstRow } from "../../core/port/first-row.js";
import type { CreateOutcome, NewSession } from "../../core/port/operations.js";
import { makerOf, provenAt, startedBy } from "../../core/port/started-by.js";
import { idOf, integerOf, nullable } from "../row.js";
import { sessionValues, toSession } from "../session-columns.js";
import type { Database, Scope } from "./connection/scope.js";
import { insertEvents } from "./sql/event-sql.js";
import { LOCK_USER } from "./sql/lock-user.js";
import {
  ACTIVE,
  COLUMN_NAMES,
  columns,
  entriesOf,
  insertedValues,
  ofUser,
  setForgotten,
  toRevokedEntries,
} from "./sql/session-sql.js";
import { arrayOf, HINT, NOW, reading, type Statement, textsOf, writing } from "./sql/statement.js";

/** Must match `counts` of core/port/operations.ts. */
const COUNTED = `s.acting is null and case when :kind::pg_catalog.text is not null
  then s.kind is not distinct from :kind::pg_catalog.text
  else s.secret_hash is null and (
    s.kind is null or s.kind <> all(:apart::pg_catalog.text::pg_catalog.text[])) end`;

/** The user's sessions that count beyond the `:kept` first, except `:replaces`, which ends anyway. */
function beyond(order: string): Statement {
  return reading(`
select s.id
from rollcall_sessions as s
where ${ofUser("s")} and s.revoked_at is null and s.expires_at > ${NOW}
  and s.id is distinct from :replaces::pg_catalog.uuid
  and ${COUNTED}
order by ${order}
offset :kept::bigint`);
}

export const BEYOND_NEWEST: Statement = beyond("s.created_at desc, s.id");

export const BEYOND_LATEST_USED: Statement = beyond("s.last_used_at desc, s.created_at desc, s.id");

/** The actor of the sign-in and of what that replaces: the session itself, or whoever acts in it. */
const SELF = ":self::pg_catalog.text";

const DEVICE = ":deviceId::pg_catalog.text";

/**
 * A sign-in: locks the user, ends `:replaces` and `:evicted` where they are active, remembers the
 * device, inserts the session and writes the events. No row: the user signed in (`:provenAt`) before
 * their latest "everywhere", or the session that it is made from (`:maker`) has ended. Its lock makes an
 * end that comes at the same time wait, and then find the new session. Where a limit is set, the user
 * must have been locked by a statement before.
 *
 * Whether a device is new, and which one was the user's first, is read from rows that this statement
 * has locked: of sign-ins at once, their snapshots show none of the others.
 */
export const CREATE: Statement = writing(`
, owner as (
  insert into rollcall_users as u (user_type, user_id, epoch, everywhere_at, first_device)
  select :userType::pg_catalog.text, :userId::pg_catalog.text, 0, null, ${DEVICE}
  from ctx
  on conflict (user_type, user_id) do update set epoch = u.epoch,
    first_device = case
      when :provenAt::bigint is null or :provenAt::bigint >= coalesce(u.everywhere_at, 0)
      then coalesce(u.first_device, ${DEVICE}) else u.first_device end
  returning u.everywhere_at, u.claims_at, u.first_device
),
maker as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where s.id = :maker::pg_catalog.uuid and ${ACTIVE}
    and s.user_type = :makerType::pg_catalog.text and s.user_id = :makerId::pg_catalog.text
  for share of s
),
allowed as (
  select ctx.now
  from owner cross join ctx
  where (:provenAt::bigint is null or :provenAt::bigint >= coalesce(owner.everywhere_at, 0))
    and (:maker::pg_catalog.uuid is null or exists (select maker.id from maker))
),
locked as (
  select s.id, s.id is not distinct from :replaces::pg_catalog.uuid as replaced
  from rollcall_sessions as s cross join allowed
  where (s.id = :replaces::pg_catalog.uuid
      or s.id = any(:evicted::pg_catalog.text::pg_catalog.uuid[]))
    and ${ofUser("s")} and s.revoked_at is null and s.expires_at > allowed.now
  order by s.id
  for no key update of s
),
ended as (
  update rollcall_sessions as s
  set revoked_at = allowed.now,
    revoked_reason = case when locked.replaced then 'replaced' else 'evicted' end,
    revoked_by = case when locked.replaced then ${SELF} else '{"kind":"system"}' end::pg_catalog.jsonb,
    ${setForgotten("allowed.now")}
  from locked cross join allowed
  where s.id = locked.id
  returning s.id, s.access_until, s.revoked_reason, s.revoked_by
),
seen as (
  insert into rollcall_devices as d
    (user_type, user_id, device_id, name, sign_ins, first_seen_at, last_seen_at)
  select :userType::pg_catalog.text, :userId::pg_catalog.text, ${DEVICE}, null, 1, allowed.now, allowed.now
  from allowed
  where ${DEVICE} is not null
  on conflict (user_type, user_id, device_id) do update set sign_ins = d.sign_ins + 1,
    last_seen_at = greatest(d.last_seen_at, excluded.last_seen_at)
  returning d.name, d.sign_ins
),
created as (
  insert into rollcall_sessions as s (${COLUMN_NAMES}, key_ids)
  select ${insertedValues("allowed.now", {
    name: "coalesce(seen.name, :name::pg_catalog.text)",
  })}, :keyId::pg_catalog.text
  from allowed left join seen on true
  returning ${columns("s")}
),
noted as (
  ${insertEvents(
    {
      at: "allowed.now",
      type: "e.type",
      userType: ":userType::pg_catalog.text",
      userId: ":userId::pg_catalog.text",
      sessionId: "e.session_id",
      actor: "e.actor",
      data: "e.data",
    },
    `allowed cross join (
    select 1 as step, 'session.evicted' as type, id as session_id, revoked_by as actor,
      null::pg_catalog.jsonb as data
    from ended where revoked_reason = 'evicted'
    union all
    select 2, 'session.revoked', id, revoked_by, pg_catalog.jsonb_build_object('reason', revoked_reason)
    from ended
    union all
    select 3, 'session.created', c.id, ${SELF}::pg_catalog.jsonb, null from created as c
    union all
    select 4, 'device.first_seen', c.id, ${SELF}::pg_catalog.jsonb,
      pg_catalog.jsonb_build_object('deviceId', ${DEVICE})
    from created as c cross join seen cross join owner
    where seen.sign_ins = 1 and owner.first_device <> ${DEVICE}
  ) as e
  order by e.step`,
  )}
)
select ${columns("c")}, ${entriesOf("ended")} as ended,
  (select owner.claims_at from owner) as claims_at, ${HINT}
from created as c`);

/** A sign-in: one statement, or one transaction where a limit must be counted under the lock. */
export function create(database: Database, input: NewSession): Promise<CreateOutcome> {
  if (input.limit === null) return insert(database, input, []);
  return database.transaction((scope) => createWithin(scope, input));
}

async function createWithin(scope: Scope, input: NewSession): Promise<CreateOutcome> {
  const { user } = input;
  const owner = { userType: user.type, userId: user.id };
  const [row] = await scope.write(LOCK_USER, input.now, { ...owner, isEverywhere: false });
  const everywhereAt = row === undefined ? null : nullable(integerOf, row, "everywhere_at");
  if ((provenAt(input) ?? Number.POSITIVE_INFINITY) < (everywhereAt ?? 0)) {
    return { outcome: "outdated" };
  }
  const excess = await beyondLimit(scope, input);
  if (excess.length > 0 && input.limit?.onLimit === "refuse") return { outcome: "refused" };
  return insert(scope, input, excess);
}

/** The sessions that must end, the first to end first. */
async function beyondLimit(scope: Scope, input: NewSession): Promise<readonly string[]> {
  const { user, limit, replaces } = input;
  if (limit === null) return [];
  const statement =
    limit.onLimit === "evict-least-recently-used" ? BEYOND_LATEST_USED : BEYOND_NEWEST;
  const owner = { userType: user.type, userId: user.id };
  const counted = { kind: limit.kind ?? null, apart: textsOf(limit.apart ?? []) };
  const values = {
    ...owner,
    ...counted,
    replaces,
    kept: limit.max - 1,
    now: input.now ?? null,
  };
  const rows = await scope.read(statement, values);
  return rows.map(idOf).reverse();
}

async function insert(
  scope: Scope,
  input: NewSession,
  evicted: readonly string[],
): Promise<CreateOutcome> {
  const maker = makerOf(input);
  const [row] = await scope.write(CREATE, input.now, {
    // At time 0: the statement adds the database's time.
    ...sessionValues(firstRow(input, 0)),
    authenticatedAt: input.authenticatedAt,
    provenAt: provenAt(input),
    maker: maker?.sessionId ?? null,
    makerType: maker?.user.type ?? null,
    makerId: maker?.user.id ?? null,
    replaces: input.replaces,
    evicted: arrayOf(evicted),
    self: JSON.stringify(startedBy(input)),
    processId: scope.processId,
  });
  if (row === undefined) return { outcome: "outdated" };
  const entries = toRevokedEntries(row, "ended");
  const place = ({ id }: { readonly id: string }): number => evicted.indexOf(id);
  const ended = entries.toSorted((a, b) => place(a) - place(b));
  const claimsAt = nullable(integerOf, row, "claims_at");
  return { outcome: "created", session: toSession(row, scope.report), ended, claimsAt };
}

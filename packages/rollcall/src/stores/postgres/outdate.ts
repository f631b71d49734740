import type { User } from "../../core/model/user.js";
import { KEY_END_REMEMBERED } from "../../core/port/endings.js";
import type { Outdate, OutdatedEntry } from "../../core/port/operations.js";
import { toOutdatedEntry } from "../row.js";
import type { Database } from "./connection/scope.js";
import { ACTOR, insertEvents, OF_CHANGED } from "./sql/event-sql.js";
import { ACTIVE, ofUser } from "./sql/session-sql.js";
import { HINT, NOW_AFTER_LOCK, type Statement, writing } from "./sql/statement.js";

/** Locks the user as `LOCK_USER` does, and notes the time at which the lock was obtained. */
export const NOTE_CLAIMS: Statement = writing(`
insert into rollcall_users as u (user_type, user_id, epoch, everywhere_at, claims_at)
select :userType::pg_catalog.text, :userId::pg_catalog.text, 0, null, ${NOW_AFTER_LOCK}
from ctx
on conflict (user_type, user_id) do update
set claims_at = greatest(u.claims_at, ${NOW_AFTER_LOCK})
returning u.claims_at`);

/**
 * All active sessions of the user. The user must be locked, so that a sign-in is either seen here or
 * sees the time noted there; a rotation under way is waited for, and its generation counts. An API key
 * moves one generation on, since nobody rotates it (`outdated` of core/port/endings.ts).
 */
export const OUTDATE: Statement = writing(`
, locked as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where ${ofUser("s")} and ${ACTIVE}
  order by s.id
  for no key update of s
),
changed as (
  update rollcall_sessions as s
  set outdated_to = s.generation,
    outdated_until = greatest(
      case when s.secret_hash is null then s.access_until
        else ctx.now + ${KEY_END_REMEMBERED}::bigint end,
      s.outdated_until + 1),
    generation = case when s.secret_hash is null then s.generation else s.generation + 1 end
  from locked cross join ctx
  where s.id = locked.id
  returning s.id, s.user_type, s.user_id, s.outdated_to, s.outdated_until, ctx.now
),
noted as (
  ${insertEvents(
    {
      ...OF_CHANGED,
      type: "'session.claims_outdated'",
      actor: ACTOR,
      data: "pg_catalog.jsonb_build_object('generation', c.outdated_to)",
    },
    "changed as c",
  )}
)
select c.id, c.outdated_to, c.outdated_until, ${HINT}
from changed as c`);

/** A constant number of statements, whatever the number of sessions. */
export function outdate(
  database: Database,
  user: User,
  { actor, now }: Outdate,
): Promise<readonly OutdatedEntry[]> {
  const owner = { userType: user.type, userId: user.id };
  return database.transaction(async (scope) => {
    await scope.write(NOTE_CLAIMS, now, owner);
    const { processId } = scope;
    const values = { ...owner, actor: JSON.stringify(actor), processId };
    return (await scope.write(OUTDATE, now, values)).map(toOutdatedEntry);
  });
}

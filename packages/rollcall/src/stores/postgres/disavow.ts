import type { SessionId } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Disavowal, RevokedEntry } from "../../core/port/operations.js";
import { toRevokedEntry } from "../row.js";
import type { Database } from "./connection/scope.js";
import { END_LOCKED } from "./sql/end-locked.js";
import { LOCK_USER } from "./sql/lock-user.js";
import { ACTIVE, ofUser } from "./sql/session-sql.js";
import { HINT, type Statement, writing } from "./sql/statement.js";

/**
 * Ends a session and the younger ones of its device, and forgets the device. A device that was first
 * seen after the session is another record, which this has nothing to say about. The user must be
 * locked.
 */
export const DISAVOW: Statement = writing(`
, target as (
  select s.device_id, s.created_at
  from rollcall_sessions as s cross join ctx
  where s.id = :id::pg_catalog.uuid and ${ofUser("s")}
),
forgotten as (
  delete from rollcall_devices as d
  using target
  where ${ofUser("d")} and d.device_id = target.device_id and d.first_seen_at <= target.created_at
  returning d.device_id
),
unfirst as (
  update rollcall_users as u
  set first_device = ''
  from forgotten
  where ${ofUser("u")} and u.first_device = forgotten.device_id
),
locked as (
  select s.id
  from rollcall_sessions as s cross join ctx cross join target left join forgotten on true
  where ${ofUser("s")} and ${ACTIVE} and (s.id = :id::pg_catalog.uuid
    or s.device_id = forgotten.device_id and s.created_at >= target.created_at)
  order by s.id
  for no key update of s
),
${END_LOCKED}
select c.id, c.access_until, ${HINT}
from changed as c`);

/** Under the lock that sign-ins take, so that none on the device slips through. */
export function disavow(
  database: Database,
  user: User,
  id: SessionId,
  { revocation, now }: Disavowal,
): Promise<readonly RevokedEntry[]> {
  const owner = { userType: user.type, userId: user.id };
  const actor = JSON.stringify(revocation.actor);
  return database.transaction(async (scope) => {
    await scope.write(LOCK_USER, now, { ...owner, isEverywhere: false });
    const { processId } = scope;
    const values = { ...owner, id, reason: revocation.reason, actor, processId };
    return (await scope.write(DISAVOW, now, values)).map(toRevokedEntry);
  });
}

import { NOW_AFTER_LOCK, type Statement, writing } from "./statement.js";

/**
 * Locks the user, whether or not there is a row yet. A statement of its own: what is counted or
 * ended under the lock must be read by a later snapshot. With `:isEverywhere` it also moves the time
 * of the user's latest "everywhere", to when the lock was obtained, not when it was asked for.
 */
export const LOCK_USER: Statement = writing(`
insert into rollcall_users as u (user_type, user_id, epoch, everywhere_at)
select :userType::pg_catalog.text, :userId::pg_catalog.text, 0,
  case when :isEverywhere::boolean then ${NOW_AFTER_LOCK} end
from ctx
on conflict (user_type, user_id) do update
set epoch = u.epoch + case when :isEverywhere::boolean then 1 else 0 end,
  everywhere_at = case
    when :isEverywhere::boolean then greatest(u.everywhere_at, ${NOW_AFTER_LOCK}) else u.everywhere_at end
returning u.everywhere_at`);

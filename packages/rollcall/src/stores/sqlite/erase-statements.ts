const OF_USER = "user_type = :userType AND user_id = :userId";

const LISTED = `id IN (SELECT value FROM json_each(:ids)) AND ${OF_USER}`;

/**
 * All sessions of a user. There is no index on the users of ended ones; but each of those has an
 * event, `session.revoked` at least, and events have one.
 */
export const SESSIONS_OF_USER: string = `
SELECT session_id AS id FROM rollcall_events WHERE ${OF_USER}
UNION
SELECT id FROM rollcall_sessions WHERE ${OF_USER} AND revoked_at IS NULL`;

/** Those not `isRefused`, of core/erasure.ts; none is active any more. */
export const DELETE_OVER: string = `
DELETE FROM rollcall_sessions
WHERE ${LISTED} AND access_until <= :oldest AND coalesce(revoked_at, :oldest) <= :oldest
  AND (revoked_at IS NOT NULL OR expires_at <= :now)
RETURNING id`;

/** Must match `tombstone` of core/erasure.ts. */
export const MAKE_TOMBSTONES: string = `
UPDATE rollcall_sessions SET
  user_type = '', user_id = '', device_info = NULL, metadata = NULL, name = NULL, last_ip = NULL,
  created_at = :now, last_used_at = :now, absolute_expires_at = access_until,
  revoked_at = coalesce(revoked_at, :now), revoked_reason = :reason, revoked_by = :actor
WHERE ${LISTED}
RETURNING id, access_until`;

/** Their ids and times stay: cursors stand behind them. */
export const FORGET_IN_EVENTS: string = `
UPDATE rollcall_events SET
  user_type = '', user_id = '', actor = :actor,
  data = CASE WHEN type = 'session.revoked' THEN :data END
WHERE ${OF_USER}`;

export const FORGET_USER: string = `DELETE FROM rollcall_users WHERE ${OF_USER}`;

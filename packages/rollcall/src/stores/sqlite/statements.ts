/** Listed, never `*`: a later release may add columns while this one runs. */
const SESSION = `id, user_type, user_id, device_info, metadata, name, persistent, created_at,
  last_used_at, last_ip, idle_timeout, expires_at, absolute_expires_at, generation, predecessor,
  void_from, void_to, confirmed, rotated_at, key_id, access_until, revoked_at, revoked_reason,
  revoked_by`;

/** Must match `isActive` of core/session.ts. */
const ACTIVE = "revoked_at IS NULL AND expires_at > :now";

const OF_USER = "user_type = :userType AND user_id = :userId";

const END = "revoked_at = :now, revoked_reason = :reason, revoked_by = :actor";

export const INSERT: string = `
INSERT INTO rollcall_sessions (${SESSION})
VALUES (:id, :userType, :userId, :deviceInfo, :metadata, :name, :persistent, :createdAt,
  :lastUsedAt, :lastIp, :idleTimeout, :expiresAt, :absoluteExpiresAt, :generation, :predecessor,
  :skippedFrom, :skippedTo, :confirmed, :rotatedAt, :keyId, :accessUntil, :revokedAt, :revokedReason,
  :revokedBy)`;

export const FIND: string = `SELECT ${SESSION} FROM rollcall_sessions WHERE id = :id`;

export const GET: string = `SELECT ${SESSION} FROM rollcall_sessions WHERE id = :id AND ${OF_USER}`;

export const IS_ACTIVE: string = `
SELECT id FROM rollcall_sessions WHERE id = :id AND ${OF_USER} AND ${ACTIVE}`;

/** The first page starts behind a time that no session has. */
export const LIST: string = `
SELECT ${SESSION} FROM rollcall_sessions
WHERE ${OF_USER} AND ${ACTIVE}
  AND created_at <= :afterCreatedAt AND (created_at < :afterCreatedAt OR id > :afterId)
ORDER BY created_at DESC, id LIMIT :limit`;

/** Must match `rotated` of core/rotation.ts for the decision `rotate`. */
export const ROTATE: string = `
UPDATE rollcall_sessions SET
  generation = generation + 1,
  predecessor = generation,
  rotated_at = :now,
  key_id = :keyId,
  last_used_at = max(last_used_at, :now),
  last_ip = coalesce(:ip, last_ip),
  expires_at = max(expires_at, min(:now + idle_timeout, absolute_expires_at)),
  access_until = max(access_until,
    min(:now + :accessTokenTtl, :now + idle_timeout, absolute_expires_at))
WHERE id = :id AND generation = :presented AND ${ACTIVE}
RETURNING ${SESSION}`;

/** What `rotated` of core/rotation.ts changes, for the decisions made under the write lock. */
export const WRITE_ROTATION: string = `
UPDATE rollcall_sessions SET
  generation = :generation,
  predecessor = :predecessor,
  void_from = :skippedFrom,
  void_to = :skippedTo,
  rotated_at = :rotatedAt,
  key_id = :keyId,
  last_used_at = :lastUsedAt,
  last_ip = :lastIp,
  expires_at = :expiresAt,
  access_until = :accessUntil
WHERE id = :id`;

export const RENAME: string = `
UPDATE rollcall_sessions SET name = :name
WHERE id = :id AND ${OF_USER} AND ${ACTIVE} AND name IS NOT :name
RETURNING ${SESSION}`;

export const GET_ACTIVE: string = `
SELECT ${SESSION} FROM rollcall_sessions WHERE id = :id AND ${OF_USER} AND ${ACTIVE}`;

export const REVOKE: string = `
UPDATE rollcall_sessions SET ${END}
WHERE id = :id AND ${OF_USER} AND ${ACTIVE}
RETURNING ${SESSION}`;

export const REVOKE_ALL: string = `
UPDATE rollcall_sessions SET ${END}
WHERE ${OF_USER} AND ${ACTIVE} AND id <> :except
RETURNING id, user_type, user_id, access_until`;

export const REVOKE_LISTED: string = `
UPDATE rollcall_sessions SET ${END}
WHERE id IN (SELECT value FROM json_each(:ids)) AND ${ACTIVE}
RETURNING id, user_type, user_id, access_until`;

/** Must match `isVoid` of core/rotation.ts. */
export const REVOKE_VOID: string = `
UPDATE rollcall_sessions SET ${END}
WHERE id IN (
    SELECT s.id FROM json_each(:uses) AS u CROSS JOIN rollcall_sessions AS s ON s.id = u.value ->> 0
    WHERE u.value ->> 1 BETWEEN s.void_from AND s.void_to AND s.void_to > 0
  ) AND ${ACTIVE}
RETURNING id, user_type, user_id, access_until`;

export const CONFIRM: string = `
UPDATE rollcall_sessions SET confirmed = generation
WHERE id IN (
    SELECT s.id FROM json_each(:uses) AS u CROSS JOIN rollcall_sessions AS s ON s.id = u.value ->> 0
    WHERE u.value ->> 1 = s.generation
  ) AND confirmed < generation AND ${ACTIVE}`;

/** Aggregated, since a batch may name a session twice. */
export const TOUCH: string = `
WITH uses AS MATERIALIZED (
  SELECT value ->> 0 AS id, min(max(value ->> 1), :now) AS at FROM json_each(:uses) GROUP BY 1
)
UPDATE rollcall_sessions SET
  last_used_at = max(last_used_at, uses.at),
  expires_at = max(expires_at, min(uses.at + idle_timeout, absolute_expires_at))
FROM uses
WHERE rollcall_sessions.id = uses.id AND ${ACTIVE} AND uses.at > last_used_at`;

export const COUNT_ACTIVE: string = `
SELECT count(*) AS active FROM rollcall_sessions
WHERE ${OF_USER} AND ${ACTIVE} AND id <> :except`;

export const OLDEST: string = `
SELECT id FROM rollcall_sessions
WHERE ${OF_USER} AND ${ACTIVE} AND id <> :except
ORDER BY created_at, id DESC LIMIT :limit`;

export const LEAST_RECENTLY_USED: string = `
SELECT id FROM rollcall_sessions
WHERE ${OF_USER} AND ${ACTIVE} AND id <> :except
ORDER BY last_used_at, created_at, id DESC LIMIT :limit`;

export const EVERYWHERE_AT: string = `SELECT everywhere_at FROM rollcall_users WHERE ${OF_USER}`;

export const MOVE_EVERYWHERE: string = `
INSERT INTO rollcall_users (user_type, user_id, epoch, everywhere_at)
VALUES (:userType, :userId, 1, :now)
ON CONFLICT (user_type, user_id) DO UPDATE SET
  epoch = epoch + 1, everywhere_at = max(everywhere_at, excluded.everywhere_at)`;

/** However many events: one statement. They get their ids in the order of the array. */
export const APPEND_EVENTS: string = `
INSERT INTO rollcall_events (at, type, user_type, user_id, session_id, actor, origin, data)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
  value ->> 7
FROM json_each(:events) ORDER BY key`;

/** An id that was given, and not to another event. Its own event may have been purged since. */
export const CHECK_CURSOR: string = `
SELECT rollcall_identity.id AS identity, :id = 0 OR (
  EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'rollcall_events' AND seq >= :id)
  AND NOT EXISTS (
    SELECT 1 FROM rollcall_events WHERE id = :id AND (at <> :at OR session_id <> :sessionId)
  )
) AS known
FROM rollcall_identity`;

export const EVENTS_SINCE: string = `
SELECT e.id, e.at, e.type, e.user_type, e.user_id, e.session_id, e.actor, e.origin, e.data,
  s.access_until
FROM rollcall_events AS e
LEFT JOIN rollcall_sessions AS s ON e.type = 'session.revoked' AND s.id = e.session_id
WHERE e.id > :id ORDER BY e.id`;

export const LAST_EVENT: string = `
SELECT id, at, session_id FROM rollcall_events
WHERE id = (SELECT max(id) FROM rollcall_events)`;

export const REVOKED_SINCE: string = `
SELECT id, access_until FROM rollcall_sessions
WHERE revoked_at IS NOT NULL AND access_until > :since`;

/** `access_until` never lies behind the absolute limit; asked all the same, for it must not be lost. */
export const PURGE_SESSIONS: string = `
DELETE FROM rollcall_sessions WHERE id IN (
  SELECT id FROM rollcall_sessions
  WHERE absolute_expires_at < :before AND access_until < :before
  ORDER BY absolute_expires_at LIMIT :limit
)
RETURNING id`;

export const PURGE_EVENTS: string = `
DELETE FROM rollcall_events WHERE session_id IN (SELECT value FROM json_each(:ids))`;

/** The keys of tokens that we issued ourselves are there already, by triggers. */
export const TOUCHED_BY: string = `
INSERT OR IGNORE INTO rollcall_session_keys (key_id, session_id) VALUES (:keyId, :id)`;

/** The last session of a stretch of those that a key has touched; none: the stretch is the last. */
export const LAST_OF_STRETCH: string = `
SELECT session_id FROM rollcall_session_keys
WHERE key_id = :keyId AND session_id > :after
ORDER BY session_id LIMIT 1 OFFSET 999`;

/** An id has no character that sorts behind \`~\`. */
export const REVOKE_BY_KEY: string = `
UPDATE rollcall_sessions SET ${END}
WHERE id IN (
    SELECT session_id FROM rollcall_session_keys
    WHERE key_id = :keyId AND session_id > :after AND session_id <= :last
  ) AND ${ACTIVE}
RETURNING id, user_type, user_id, access_until`;

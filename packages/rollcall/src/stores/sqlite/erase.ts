import type { User } from "../../core/model/user.js";
import { ERASED, type Erased, type Erasure } from "../../core/port/erasure.js";
import { readable, stringOf, toRevokedEntry } from "../row.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { DELETE_EVENTS_OF } from "./purge.js";
import { revokeAll } from "./revoke-all.js";
import { revocationValues } from "./sql/event-sql.js";
import { OF_USER } from "./sql/session-sql.js";

const LISTED = `id IN (SELECT value FROM json_each(:ids)) AND ${OF_USER}`;

/**
 * All sessions of a user. No index has the users of revoked ones, but each of those has an event,
 * `session.revoked` at least, and there is an index on the users of events.
 */
export const SESSIONS_OF_USER: string = `
SELECT session_id AS id FROM rollcall_events WHERE ${OF_USER}
UNION
SELECT id FROM rollcall_sessions WHERE ${OF_USER} AND revoked_at IS NULL`;

/** Those not `isRefused` (core/port/erasure.ts); none is active any more. */
export const DELETE_OVER: string = `
DELETE FROM rollcall_sessions
WHERE ${LISTED} AND access_until <= :oldest AND coalesce(revoked_at, :oldest) <= :oldest
  AND (revoked_at IS NOT NULL OR expires_at <= :now)
RETURNING id`;

/** Must match `tombstone` of core/port/erasure.ts. */
export const MAKE_TOMBSTONES: string = `
UPDATE rollcall_sessions SET
  user_type = '', user_id = '', device_info = NULL, metadata = NULL, name = NULL, last_ip = NULL,
  kind = NULL, scopes = NULL,
  secret_hash = NULL, authenticated_at = :now, methods = NULL, level = NULL, device_id = NULL, acting = NULL, last_user_agent = NULL,
  created_at = :now, last_used_at = :now, absolute_expires_at = access_until,
  revoked_at = coalesce(revoked_at, :now), revoked_reason = :reason, revoked_by = :actor
WHERE ${LISTED}
RETURNING id, access_until`;

/** The ids and times of events stay, because cursors depend on them. */
export const FORGET_IN_EVENTS: string = `
UPDATE rollcall_events SET
  user_type = '', user_id = '', actor = :actor,
  data = CASE type WHEN 'session.revoked' THEN :data WHEN 'session.claims_outdated' THEN data END
WHERE ${OF_USER}`;

export const FORGET_USER: string = `DELETE FROM rollcall_users WHERE ${OF_USER}`;

export const FORGET_DEVICES: string = `DELETE FROM rollcall_devices WHERE ${OF_USER}`;

/** Forgets a user: a constant number of statements. */
export function erase(
  transaction: WriteTransaction,
  user: User,
  { margin, now = Date.now() }: Erasure,
): Erased {
  const { connection, report } = transaction;
  const owner = { userType: user.type, userId: user.id };
  // The events that others must read; they are made anonymous with the rest below. The user's time
  // of "everywhere" goes as well.
  revokeAll(transaction, user, { revocation: ERASED, except: null, now });
  // Found once: the second statement must not see what the first leaves.
  const ids = connection.rows(SESSIONS_OF_USER, owner).map((row) => stringOf(row, "id"));
  const theirs = { ...owner, ids: JSON.stringify(ids) };
  const over = connection.rows(DELETE_OVER, { ...theirs, now, oldest: now - margin });
  const gone = JSON.stringify(over.map((row) => stringOf(row, "id")));
  connection.run(DELETE_EVENTS_OF, { ids: gone });
  const left = connection.rows(MAKE_TOMBSTONES, { ...theirs, ...revocationValues(ERASED, now) });
  const data = JSON.stringify({ reason: ERASED.reason });
  connection.run(FORGET_IN_EVENTS, { ...owner, actor: JSON.stringify(ERASED.actor), data });
  connection.run(FORGET_USER, owner);
  connection.run(FORGET_DEVICES, owner);
  const refused = readable("session", left, toRevokedEntry, report);
  return { erased: over.length + left.length, refused };
}

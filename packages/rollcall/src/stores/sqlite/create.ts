import type { Revocation, SessionId } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import { firstRow } from "../../core/port/first-row.js";
import type { CreateOutcome, NewSession, RevokedEntry } from "../../core/port/operations.js";
import { makerOf, provenAt, startedBy } from "../../core/port/started-by.js";
import { integerOf, nullable, stringOf } from "../row.js";
import { sessionValues } from "../session-columns.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { see } from "./see-device.js";
import {
  appendEvents,
  appendRevoked,
  type Cause,
  revocationValues,
  SYSTEM,
} from "./sql/event-sql.js";
import { ACTIVE, COLUMNS, OF_USER, PARAMETERS, SET_REVOKED } from "./sql/session-sql.js";

export const INSERT: string = `
INSERT INTO rollcall_sessions (${COLUMNS}) VALUES (${PARAMETERS})
RETURNING (SELECT u.claims_at FROM rollcall_users AS u
  WHERE u.user_type = :userType AND u.user_id = :userId) AS claims_at`;

export const EVERYWHERE_AT: string = `SELECT everywhere_at FROM rollcall_users WHERE ${OF_USER}`;

export const IS_ACTIVE: string = `
SELECT id FROM rollcall_sessions WHERE id = :id AND ${OF_USER} AND ${ACTIVE}`;

/** Must match `counts` of core/port/operations.ts. */
const COUNTED = `${OF_USER} AND ${ACTIVE} AND id <> :except AND acting IS NULL AND CASE
  WHEN :kind IS NOT NULL THEN kind IS :kind
  ELSE secret_hash IS NULL
    AND (kind IS NULL OR kind NOT IN (SELECT value FROM json_each(:apart))) END`;

export const COUNT_ACTIVE: string = `
SELECT count(*) AS active FROM rollcall_sessions WHERE ${COUNTED}`;

export const OLDEST: string = `
SELECT id FROM rollcall_sessions
WHERE ${COUNTED}
ORDER BY created_at, id DESC LIMIT :limit`;

export const LEAST_RECENTLY_USED: string = `
SELECT id FROM rollcall_sessions
WHERE ${COUNTED}
ORDER BY last_used_at, created_at, id DESC LIMIT :limit`;

export const REVOKE_LISTED: string = `
UPDATE rollcall_sessions SET ${SET_REVOKED}
WHERE id IN (SELECT value FROM json_each(:ids)) AND ${ACTIVE}
RETURNING id, user_type, user_id, access_until`;

/** A sign-in. Everything that may refuse it is checked before anything is written. */
export function create(transaction: WriteTransaction, input: NewSession): CreateOutcome {
  const now = input.now ?? Date.now();
  if (isOutdated(transaction, input)) return { outcome: "outdated" };
  if (isMakerGone(transaction, input, now)) return { outcome: "outdated" };
  const replaced = replacedIds(transaction, input, now);
  const evicted = evictedIds(transaction, input, replaced[0] ?? "", now);
  if (evicted === null) return { outcome: "refused" };

  const device = see(transaction, input, now);
  const session = { ...firstRow(input, now), name: device.name ?? input.name ?? null };
  const self = startedBy(input);
  const ended = [
    ...end(transaction, replaced, { reason: "replaced", actor: self }, now, null),
    ...end(transaction, evicted, { reason: "evicted", actor: SYSTEM }, now, "session.evicted"),
  ];
  const [inserted] = transaction.connection.rows(INSERT, sessionValues(session));
  const claimsAt = inserted === undefined ? null : nullable(integerOf, inserted, "claims_at");
  const event = { user: session.user, sessionId: session.id, actor: self };
  appendEvents(transaction, now, [
    { ...event, type: "session.created" },
    ...(device.isNews
      ? [{ ...event, type: "device.first_seen" as const, data: { deviceId: input.deviceId } }]
      : []),
  ]);
  return { outcome: "created", session, ended, claimsAt };
}

function isOutdated({ connection }: WriteTransaction, input: NewSession): boolean {
  const proven = provenAt(input);
  if (proven === null) return false;
  const { type, id } = input.user;
  const [row] = connection.rows(EVERYWHERE_AT, { userType: type, userId: id });
  return row !== undefined && proven < integerOf(row, "everywhere_at");
}

/** Whether the session that it is made from has ended. */
function isMakerGone(transaction: WriteTransaction, input: NewSession, now: number): boolean {
  const maker = makerOf(input);
  return maker !== null && activeIds(transaction, maker.user, maker.sessionId, now).length === 0;
}

function replacedIds(
  transaction: WriteTransaction,
  { user, replaces }: NewSession,
  now: number,
): readonly string[] {
  return replaces === null ? [] : activeIds(transaction, user, replaces, now);
}

/** The id, where it is that of an active session of the user. */
function activeIds(
  { connection }: WriteTransaction,
  user: User,
  id: SessionId,
  now: number,
): readonly string[] {
  const values = { id, userType: user.type, userId: user.id, now };
  return connection.rows(IS_ACTIVE, values).map((row) => stringOf(row, "id"));
}

/** `null` when the limit refuses the sign-in. */
function evictedIds(
  { connection }: WriteTransaction,
  { user, limit }: NewSession,
  replaced: string,
  now: number,
): readonly string[] | null {
  if (limit === null) return [];
  const { kind = null, apart = [] } = limit;
  const owner = { userType: user.type, userId: user.id, except: replaced, now };
  const values = { ...owner, kind, apart: JSON.stringify(apart) };
  const [counted] = connection.rows(COUNT_ACTIVE, values);
  const active = counted === undefined ? 0 : integerOf(counted, "active");
  const excess = active + 1 - limit.max;
  if (excess <= 0) return [];
  if (limit.onLimit === "refuse") return null;
  const choice = limit.onLimit === "evict-oldest" ? OLDEST : LEAST_RECENTLY_USED;
  return connection.rows(choice, { ...values, limit: excess }).map((row) => stringOf(row, "id"));
}

function end(
  transaction: WriteTransaction,
  ids: readonly string[],
  revocation: Revocation,
  now: number,
  cause: Cause,
): readonly RevokedEntry[] {
  if (ids.length === 0) return [];
  const values = { ...revocationValues(revocation, now), ids: JSON.stringify(ids) };
  const rows = transaction.connection.rows(REVOKE_LISTED, values);
  return appendRevoked(transaction, rows, revocation, now, cause);
}

import type { User } from "../../core/model/user.js";
import { KEY_END_REMEMBERED } from "../../core/port/endings.js";
import type { Outdate, OutdatedEntry } from "../../core/port/operations.js";
import { readable, toOutdatedEntry } from "../row.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { appendEvents } from "./sql/event-sql.js";
import { ACTIVE, OF_USER } from "./sql/session-sql.js";

export const NOTE_CLAIMS: string = `
INSERT INTO rollcall_users (user_type, user_id, epoch, everywhere_at, claims_at)
VALUES (:userType, :userId, 0, 0, :now)
ON CONFLICT (user_type, user_id) DO UPDATE SET
  claims_at = max(coalesce(claims_at, 0), excluded.claims_at)`;

/** An API key moves one generation on, since nobody rotates it (`outdated` of core/port/endings.ts). */
export const OUTDATE: string = `
UPDATE rollcall_sessions SET
  outdated_to = generation,
  outdated_until = max(
    iif(secret_hash IS NULL, access_until, :now + ${KEY_END_REMEMBERED}),
    coalesce(outdated_until, 0) + 1),
  generation = iif(secret_hash IS NULL, generation, generation + 1)
WHERE ${OF_USER} AND ${ACTIVE}
RETURNING id, outdated_to, outdated_until`;

/** A constant number of statements, whatever the number of sessions. */
export function outdate(
  transaction: WriteTransaction,
  user: User,
  { actor, now = Date.now() }: Outdate,
): readonly OutdatedEntry[] {
  const { connection, report } = transaction;
  const owner = { userType: user.type, userId: user.id, now };
  connection.run(NOTE_CLAIMS, owner);
  const outdated = readable("session", connection.rows(OUTDATE, owner), toOutdatedEntry, report);
  const events = outdated.map(({ id, generation }) => {
    const data = { generation };
    return { type: "session.claims_outdated", user, sessionId: id, actor, data } as const;
  });
  appendEvents(transaction, now, events);
  return outdated;
}

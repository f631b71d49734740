import type { User } from "../../core/model/user.js";
import type { RevokeAll, RevokedEntry } from "../../core/port/operations.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { appendRevoked, revocationValues } from "./sql/event-sql.js";
import { ACTIVE, OF_USER, SET_REVOKED } from "./sql/session-sql.js";

export const REVOKE_ALL: string = `
UPDATE rollcall_sessions SET ${SET_REVOKED}
WHERE ${OF_USER} AND ${ACTIVE} AND id <> :except
  AND (level IS NULL OR level NOT IN (SELECT value FROM json_each(:spared)))
RETURNING id, user_type, user_id, access_until`;

export const MOVE_EVERYWHERE: string = `
INSERT INTO rollcall_users (user_type, user_id, epoch, everywhere_at)
VALUES (:userType, :userId, 1, :now)
ON CONFLICT (user_type, user_id) DO UPDATE SET
  epoch = epoch + 1, everywhere_at = max(everywhere_at, excluded.everywhere_at)`;

/** A constant number of statements, whatever the number of sessions. */
export function revokeAll(
  transaction: WriteTransaction,
  user: User,
  {
    revocation,
    except,
    sparedLevels = [],
    isEverywhere = except === null,
    now = Date.now(),
  }: RevokeAll,
): readonly RevokedEntry[] {
  const { connection } = transaction;
  const owner = { userType: user.type, userId: user.id };
  if (isEverywhere) connection.run(MOVE_EVERYWHERE, { ...owner, now });
  const values = {
    ...owner,
    ...revocationValues(revocation, now),
    except: except ?? "",
    spared: JSON.stringify(sparedLevels),
  };
  return appendRevoked(transaction, connection.rows(REVOKE_ALL, values), revocation, now, null);
}

import type { RevokedEntry } from "../../core/port/operations.js";
import type { Row } from "../row.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { appendRevoked, revocationValues, SYSTEM } from "./sql/event-sql.js";
import { ACTIVE, COLUMNS, SET_REVOKED } from "./sql/session-sql.js";

export const REVOKE_REUSED: string = `
UPDATE rollcall_sessions SET ${SET_REVOKED}
WHERE id IN (SELECT value FROM json_each(:ids)) AND ${ACTIVE}
RETURNING ${COLUMNS}`;

const REUSE = { reason: "refresh_token_reuse", actor: SYSTEM } as const;

/** The sessions that were ended. */
interface Reused {
  readonly rows: readonly Row[];
  readonly ended: readonly RevokedEntry[];
}

/** Ends those of the sessions that are active, since a superseded token came back. */
export function revokeReused(
  transaction: WriteTransaction,
  ids: readonly string[],
  now: number,
): Reused {
  if (ids.length === 0) return { rows: [], ended: [] };
  const values = { ids: JSON.stringify(ids), ...revocationValues(REUSE, now) };
  const rows = transaction.connection.rows(REVOKE_REUSED, values);
  return { rows, ended: appendRevoked(transaction, rows, REUSE, now, "session.reuse_detected") };
}

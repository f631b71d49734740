import type { Confirmed, GenerationUse } from "../../core/port/operations.js";
import { stringOf } from "../row.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { revokeReused } from "./revoke-reused.js";
import { ACTIVE } from "./sql/session-sql.js";

export const CONFIRM: string = `
UPDATE rollcall_sessions SET confirmed = generation
WHERE id IN (
    SELECT s.id FROM json_each(:uses) AS u CROSS JOIN rollcall_sessions AS s ON s.id = u.value ->> 0
    WHERE u.value ->> 1 = s.generation
  ) AND confirmed < generation AND ${ACTIVE}`;

/** Must match `isVoid` of the core. */
export const USED_SKIPPED: string = `
SELECT DISTINCT s.id
FROM json_each(:uses) AS u CROSS JOIN rollcall_sessions AS s ON s.id = u.value ->> 0
WHERE u.value ->> 1 BETWEEN s.void_from AND s.void_to AND s.void_to > 0 AND ${ACTIVE}`;

/** Records first uses of generations; ends sessions of which a skipped one was used. */
export function confirm(
  transaction: WriteTransaction,
  uses: readonly GenerationUse[],
  now: number = Date.now(),
): Confirmed {
  const { connection } = transaction;
  const batch = JSON.stringify(uses.map(({ id, generation }) => [id, generation]));
  connection.run(CONFIRM, { uses: batch, now });
  const reused = connection.rows(USED_SKIPPED, { uses: batch, now });
  const ids = reused.map((row) => stringOf(row, "id"));
  return { ended: revokeReused(transaction, ids, now).ended, left: [] };
}

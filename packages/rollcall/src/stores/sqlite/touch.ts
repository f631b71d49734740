import type { SessionUse } from "../../core/port/operations.js";
import type { WriteTransaction } from "./connection/write-transaction.js";
import { ACTIVE } from "./sql/session-sql.js";

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

/** Records last uses. */
export function touch(
  { connection }: WriteTransaction,
  uses: readonly SessionUse[],
  now: number = Date.now(),
): void {
  const batch = JSON.stringify(uses.map(({ id, at }) => [id, at]));
  connection.run(TOUCH, { uses: batch, now });
}

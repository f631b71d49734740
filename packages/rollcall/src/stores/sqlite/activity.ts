import type { Confirmed, GenerationUse, SessionUse } from "../../core/port/store.js";
import * as sql from "./statements.js";
import { revocationValues, SYSTEM, tellEnded, type Writing } from "./writing.js";

/** Records first uses of generations; ends sessions of which a void one was used. */
export function confirm(
  writing: Writing,
  uses: readonly GenerationUse[],
  now: number = Date.now(),
): Confirmed {
  const batch = JSON.stringify(uses.map(({ id, generation }) => [id, generation]));
  writing.connection.run(sql.CONFIRM, { uses: batch, now });
  const revocation = { reason: "refresh_token_reuse", actor: SYSTEM };
  const values = { ...revocationValues(revocation, now), uses: batch };
  const rows = writing.connection.rows(sql.REVOKE_VOID, values);
  return { ended: tellEnded(writing, rows, revocation, now, "session.reuse_detected"), left: [] };
}

/** Records last uses. */
export function touch(
  { connection }: Writing,
  uses: readonly SessionUse[],
  now: number = Date.now(),
): void {
  const batch = JSON.stringify(uses.map(({ id, at }) => [id, at]));
  connection.run(sql.TOUCH, { uses: batch, now });
}

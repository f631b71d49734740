import type { KeyRevocation, KeyRevoked } from "../../core/port/key-revocation.js";
import { toId } from "../row.js";
import * as sql from "./statements.js";
import { revocationValues, tellEnded, type Writing } from "./writing.js";

/** Ends one stretch of what a key has touched. There is one writer, so nothing is locked by others. */
export function revokeByKey(writing: Writing, input: KeyRevocation): KeyRevoked {
  const { connection } = writing;
  const { keyId, revocation, now = Date.now() } = input;
  const from = { keyId, after: input.after ?? "" };
  const boundary = connection.rows(sql.LAST_OF_STRETCH, from)[0];
  const next = boundary === undefined ? null : toId({ id: boundary["session_id"] });
  const values = { ...from, ...revocationValues(revocation, now), last: next ?? "~" };
  const ended = tellEnded(
    writing,
    connection.rows(sql.REVOKE_BY_KEY, values),
    revocation,
    now,
    null,
  );
  return { ended, next, left: false };
}

import type { KeyEnded, KeyEnding } from "../../core/port/key-ending.js";
import { toId } from "../row.js";
import * as sql from "./statements.js";
import { endingValues, tellEnded, type Writing } from "./writing.js";

/** Ends one stretch of what a key has touched. There is one writer, so nothing is locked by others. */
export function endByKey(writing: Writing, input: KeyEnding): KeyEnded {
  const { connection } = writing;
  const { keyId, ending, now = Date.now() } = input;
  const from = { keyId, after: input.after ?? "" };
  const boundary = connection.rows(sql.LAST_OF_STRETCH, from)[0];
  const next = boundary === undefined ? null : toId({ id: boundary["session_id"] });
  const values = { ...from, ...endingValues(ending, now), last: next ?? "~" };
  const ended = tellEnded(writing, connection.rows(sql.REVOKE_BY_KEY, values), ending, now, null);
  return { ended, next, left: false };
}

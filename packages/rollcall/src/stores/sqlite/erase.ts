import type { User } from "../../core/model/user.js";
import { ERASED, type Erased, type Erasure } from "../../core/port/erasure.js";
import { readable, textOf, toRevokedEntry } from "../row.js";
import * as sql from "./erase-statements.js";
import { revokeAll } from "./revoke.js";
import { PURGE_EVENTS } from "./statements.js";
import { revocationValues, type Writing } from "./writing.js";

/** Forgets a user: a constant number of statements. */
export function erase(writing: Writing, user: User, { margin, now = Date.now() }: Erasure): Erased {
  const { connection, report } = writing;
  const owner = { userType: user.type, userId: user.id };
  // The events that others must read; they are made anonymous with the rest below. Its time of
  // "everywhere" goes as well.
  revokeAll(writing, user, { revocation: ERASED, except: null, now });
  // Found once: the second statement must not see what the first leaves.
  const ids = connection.rows(sql.SESSIONS_OF_USER, owner).map((row) => textOf(row, "id"));
  const theirs = { ...owner, ids: JSON.stringify(ids) };
  const over = connection.rows(sql.DELETE_OVER, { ...theirs, now, oldest: now - margin });
  const gone = JSON.stringify(over.map((row) => textOf(row, "id")));
  connection.run(PURGE_EVENTS, { ids: gone });
  const left = connection.rows(sql.MAKE_TOMBSTONES, {
    ...theirs,
    ...revocationValues(ERASED, now),
  });
  const data = JSON.stringify({ reason: ERASED.reason });
  connection.run(sql.FORGET_IN_EVENTS, { ...owner, actor: JSON.stringify(ERASED.actor), data });
  connection.run(sql.FORGET_USER, owner);
  const refused = readable("session", left, toRevokedEntry, report);
  return { erased: over.length + left.length, refused };
}

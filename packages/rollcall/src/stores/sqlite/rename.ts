import type { SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Rename } from "../../core/port/store.js";
import { toSession } from "../row.js";
import * as sql from "./statements.js";
import { appendEvents, type Writing } from "./writing.js";

export function rename(
  writing: Writing,
  user: User,
  id: SessionId,
  { name, actor, now = Date.now() }: Rename,
): StoredSession | null {
  const { connection, report } = writing;
  const values = { id, userType: user.type, userId: user.id, now };
  const row = connection.rows(sql.RENAME, { ...values, name })[0];
  if (row === undefined) {
    // It has that name already, or there is no such session.
    const same = connection.rows(sql.GET_ACTIVE, values)[0];
    return same === undefined ? null : toSession(same, report);
  }
  appendEvents(writing, now, [{ type: "session.renamed", user, sessionId: id, actor }]);
  return toSession(row, report);
}

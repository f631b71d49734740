import type { SessionId, StoredSession } from "../../core/session.js";
import type { Rename } from "../../core/store.js";
import type { User } from "../../core/user.js";
import { toSession } from "../row.js";
import * as sql from "./statements.js";
import { appendEvents, type Writing } from "./writing.js";

export function rename(
  writing: Writing,
  user: User,
  id: SessionId,
  { name, actor, now = Date.now() }: Rename,
): StoredSession | null {
  const values = { id, userType: user.type, userId: user.id, name, now };
  const row = writing.connection.rows(sql.RENAME, values)[0];
  if (row === undefined) return null;
  appendEvents(writing, now, [{ type: "session.renamed", user, sessionId: id, actor }]);
  return toSession(row, writing.report);
}

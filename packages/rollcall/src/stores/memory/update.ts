import { isActive, type SessionId, type StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Update } from "../../core/port/operations.js";
import type { Tables } from "./database.js";

/** Puts other metadata in the place of that of a session. */
export function update(
  { owned, put, record, hint }: Tables,
  user: User,
  id: SessionId,
  { metadata, actor, now = Date.now() }: Update,
): StoredSession | null {
  const row = owned(user, id);
  if (row === null || !isActive(row, now)) return null;
  if (JSON.stringify(row.metadata) === JSON.stringify(metadata)) return row;
  const updated = put({ ...row, metadata });
  record(updated, { type: "session.updated" }, actor, now);
  hint();
  return updated;
}

import type { Revocation, SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { Rename, RevokeAll, Revoked, RevokedEntry } from "../../core/port/store.js";
import { toRevokedEntry, toSession } from "../row.js";
import type { Database, Scope } from "./scope.js";
import * as sql from "./statements.js";

/** Row and event in one statement; only an empty result is looked into. */
export async function revoke(
  scope: Scope,
  user: User,
  id: SessionId,
  { reason, actor }: Revocation,
  now: number | undefined,
): Promise<Revoked | null> {
  const values = [user.type, user.id, id, reason, JSON.stringify(actor), scope.processId];
  const [changed] = await scope.write(sql.REVOKE, now, values);
  if (changed !== undefined) return { session: toSession(changed, scope.report), changed: true };
  const session = await get(scope, user, id);
  return session === null ? null : { session, changed: false };
}

/** A constant number of statements, whatever the number of sessions. */
export function revokeAll(
  database: Database,
  user: User,
  { revocation, except, now }: RevokeAll,
): Promise<readonly RevokedEntry[]> {
  const { reason, actor } = revocation;
  return database.transaction(async (scope) => {
    await scope.write(sql.LOCK_USER, now, [user.type, user.id, except === null]);
    const values = [user.type, user.id, except, reason, JSON.stringify(actor), scope.processId];
    return (await scope.write(sql.REVOKE_ALL, now, values)).map(toRevokedEntry);
  });
}

export async function rename(
  scope: Scope,
  user: User,
  id: SessionId,
  { name, actor, now }: Rename,
): Promise<StoredSession | null> {
  const values = [user.type, user.id, id, name, JSON.stringify(actor), scope.processId];
  const [changed] = await scope.write(sql.RENAME, now, values);
  if (changed !== undefined) return toSession(changed, scope.report);
  // It has that name already, or there is no such session.
  const [row] = await scope.read(sql.GET_ACTIVE, [now ?? null, user.type, user.id, id]);
  return row === undefined ? null : toSession(row, scope.report);
}

export async function get(scope: Scope, user: User, id: SessionId): Promise<StoredSession | null> {
  const [row] = await scope.read(sql.GET, [user.type, user.id, id]);
  return row === undefined ? null : toSession(row, scope.report);
}

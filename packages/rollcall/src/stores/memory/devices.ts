import { movesOf } from "../../core/model/rotation.js";
import { isActive, type SessionId, type StoredSession } from "../../core/model/session.js";
import { type User, userKey } from "../../core/model/user.js";
import type { Disavowal, NewSession, RevokedEntry } from "../../core/port/operations.js";
import type { MemoryDatabase, SeenDevice, Tables } from "./database.js";

/** What a sign-in learns of its device. */
interface Sighting {
  readonly name: string | null;
  /** New to the user, who had another before. */
  readonly isNews: boolean;
}

/** Remembers the device of a sign-in. */
export function see(
  { devices, firstDevice }: MemoryDatabase,
  { user, deviceId }: Pick<NewSession, "user" | "deviceId">,
  now: number,
): Sighting {
  if (deviceId === null) return { name: null, isNews: false };
  const key = userKey(user);
  const theirs = devices.get(key) ?? new Map<string, SeenDevice>();
  devices.set(key, theirs);
  const known = theirs.get(deviceId);
  const { name = null, firstSeenAt = now, lastSeenAt = now } = known ?? {};
  theirs.set(deviceId, { name, firstSeenAt, lastSeenAt: Math.max(lastSeenAt, now) });
  const first = firstDevice.get(key) ?? deviceId;
  firstDevice.set(key, first);
  return { name, isNews: known === undefined && first !== deviceId };
}

/** Tells of a change of address or user agent. */
export function tellMoves(
  record: Tables["record"],
  before: StoredSession,
  after: StoredSession,
  now: number,
): boolean {
  const moves = movesOf(before, after);
  for (const { type, from, to } of moves) {
    record(after, { type, data: { from, to } }, { kind: "self", sessionId: after.id }, now);
  }
  return moves.length > 0;
}

/** Names the device of a session; returns the sessions that have another name. */
export function nameDevice(
  { devices }: MemoryDatabase,
  active: readonly StoredSession[],
  session: StoredSession,
  name: string | null,
): readonly StoredSession[] {
  const { deviceId, user } = session;
  const theirs = devices.get(userKey(user));
  const known = deviceId === null ? undefined : theirs?.get(deviceId);
  if (deviceId !== null && known !== undefined) theirs?.set(deviceId, { ...known, name });
  return active.filter(
    (row) =>
      row.name !== name &&
      (row.id === session.id || (deviceId !== null && row.deviceId === deviceId)),
  );
}

/** "This wasn't me". */
export function disavow(
  { rows, devices, firstDevice }: MemoryDatabase,
  { end, owned }: Pick<Tables, "end" | "owned">,
  user: User,
  id: SessionId,
  { revocation, now = Date.now() }: Disavowal,
): readonly RevokedEntry[] {
  const target = owned(user, id);
  if (target === null) return [];
  const { deviceId, createdAt } = target;
  const key = userKey(user);
  const known = deviceId === null ? undefined : devices.get(key)?.get(deviceId);
  const isForgotten = known !== undefined && known.firstSeenAt <= createdAt;
  if (isForgotten && deviceId !== null) {
    devices.get(key)?.delete(deviceId);
    if (firstDevice.get(key) === deviceId) firstDevice.set(key, "");
  }
  return [...rows.values()]
    .filter(
      (row) =>
        userKey(row.user) === key &&
        isActive(row, now) &&
        (row.id === id || (isForgotten && row.deviceId === deviceId && row.createdAt >= createdAt)),
    )
    .map((row) => end(row, revocation, now))
    .map(({ id: ended, accessUntil }) => ({ id: ended, accessUntil }));
}

/** Forgets devices that nobody has signed in on for long; returns how many. */
export function purgeDevices({ devices }: MemoryDatabase, before: number, limit: number): number {
  const over = [...devices.values()]
    .flatMap((theirs) => [...theirs].map(([id, { lastSeenAt }]) => ({ theirs, id, lastSeenAt })))
    .filter(({ lastSeenAt }) => lastSeenAt < before)
    .sort((a, b) => a.lastSeenAt - b.lastSeenAt)
    .slice(0, limit);
  for (const { theirs, id } of over) theirs.delete(id);
  return over.length;
}

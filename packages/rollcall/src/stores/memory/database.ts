import { type StoredEvent, storedEvent } from "../../core/model/events.js";
import type { JsonObject } from "../../core/model/json.js";
import {
  isActive,
  type Revocation,
  type SessionId,
  type StoredSession,
} from "../../core/model/session.js";
import { type User, userKey } from "../../core/model/user.js";
import { ACTOR_ENDED } from "../../core/port/acting.js";
import type { HintListener } from "../../core/port/changes.js";
import { ended } from "../../core/port/endings.js";
import type { RevokedEntry } from "../../core/port/operations.js";

/** What a memory store keeps. Several stores may share one, as processes share a database. */
export interface MemoryDatabase {
  readonly rows: Map<SessionId, StoredSession>;
  /** By session: the keys that it was begun or rotated under, or that were presented for it. */
  readonly touchedBy: Map<SessionId, Set<string>>;
  readonly everywhereAt: Map<string, number>;
  /** By user: when the claims were last outdated. */
  readonly claimsAt: Map<string, number>;
  /** By user: the device of the first sign-in that had one; empty once it was disavowed. */
  readonly firstDevice: Map<string, string>;
  /** By user, then by device id. */
  readonly devices: Map<string, Map<string, SeenDevice>>;
  readonly events: StoredEvent[];
  readonly listeners: Set<HintListener>;
  lastEventId: number;
}

/** What is kept of a device that a user has signed in on. */
export interface SeenDevice {
  readonly name: string | null;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** An empty one. */
export function memoryDatabase(): MemoryDatabase {
  return {
    rows: new Map(),
    touchedBy: new Map(),
    everywhereAt: new Map(),
    claimsAt: new Map(),
    firstDevice: new Map(),
    devices: new Map(),
    events: [],
    listeners: new Set(),
    lastEventId: 0,
  };
}

/** The steps that the verbs of the store are made of. */
export interface Tables {
  put(row: StoredSession): StoredSession;
  record(row: StoredSession, what: Recorded, actor: Revocation["actor"], at: number): void;
  hint(): void;
  end(row: StoredSession, revocation: Revocation, at: number): StoredSession;
  /** Ends a session since a superseded token came back. */
  endReused(row: StoredSession, at: number): StoredSession;
  owned(user: User, id: SessionId): StoredSession | null;
  /** Newest sign-in first, ties by id. */
  activeOf(user: User, now: number): StoredSession[];
}

interface Recorded {
  readonly type: StoredEvent["type"];
  /** What events of this type carry beyond the others. */
  readonly data?: JsonObject;
}

/** `processId`: the name of the process that writes. */
export function openTables(database: MemoryDatabase, processId: () => string): Tables {
  const { rows, events, listeners } = database;

  const put = (row: StoredSession): StoredSession => {
    const kept = frozenCopy(row);
    rows.set(row.id, kept);
    return kept;
  };

  const record = (
    row: StoredSession,
    what: Recorded,
    actor: Revocation["actor"],
    at: number,
  ): void => {
    const actedBy = frozenCopy(actor);
    const base = { at, user: row.user, sessionId: row.id, actor: actedBy, processId: processId() };
    const id = String(++database.lastEventId);
    const event = storedEvent({ ...base, id }, what.type, what.data ?? null);
    if (event === null) throw new TypeError(`an event ${what.type} lacks its data`);
    events.push(event);
  };

  const hint = (): void => {
    for (const listener of listeners) listener.changed();
  };

  const end = (row: StoredSession, revocation: Revocation, at: number): StoredSession => {
    const { reason, actor } = revocation;
    const over = put(ended(row, revocation, at));
    record(over, { type: "session.revoked", data: { reason } }, actor, at);
    for (const acting of [...rows.values()]) {
      if (acting.actor?.sessionId === row.id && isActive(acting, at)) end(acting, ACTOR_ENDED, at);
    }
    return over;
  };

  const endReused = (row: StoredSession, at: number): StoredSession => {
    const actor = { kind: "system" } as const;
    record(row, { type: "session.reuse_detected" }, actor, at);
    return end(row, { reason: "refresh_token_reuse", actor }, at);
  };

  const owned = (user: User, id: SessionId): StoredSession | null => {
    const row = rows.get(id);
    return row !== undefined && userKey(row.user) === userKey(user) ? row : null;
  };

  const activeOf = (user: User, now: number): StoredSession[] =>
    [...rows.values()]
      .filter((row) => userKey(row.user) === userKey(user) && isActive(row, now))
      .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));

  return { put, record, hint, end, endReused, owned, activeOf };
}

/** What is told of a session that was ended. */
export function entry({ id, accessUntil }: StoredSession): RevokedEntry {
  return { id, accessUntil };
}

/** Nobody may change what is stored by way of an object that was passed in or given back. */
function frozenCopy<T>(value: T): T {
  const copy = structuredClone(value);
  freeze(copy);
  return copy;
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  for (const member of Object.values(value)) freeze(member);
}

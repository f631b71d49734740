import { decide, isVoid, rotated } from "../../core/model/rotation.js";
import { isActive, type StoredSession } from "../../core/model/session.js";
import { summaryOf } from "../../core/model/session-summary.js";
import { userKey } from "../../core/model/user.js";
import { ERASED } from "../../core/port/erasure.js";
import { firstRow } from "../../core/port/first-row.js";
import { counts, type NewSession, type RevokedEntry } from "../../core/port/operations.js";
import { makerOf, provenAt, startedBy } from "../../core/port/started-by.js";
import type { SessionStore } from "../../core/port/store.js";
import { changes } from "./changes.js";
import { type MemoryDatabase, memoryDatabase, openTables } from "./database.js";
import { disavow, nameDevice, purgeDevices, see, tellMoves } from "./devices.js";
import { erase } from "./erase.js";
import { outdate } from "./outdate.js";
import { purge, purgeEvents } from "./purge.js";
import { reauthenticate } from "./reauthenticate.js";
import { update } from "./update.js";

export { type MemoryDatabase, memoryDatabase } from "./database.js";

/**
 * A store that forgets everything with its process: for unit tests, and the reference for what the
 * port means.
 *
 * @example
 * ```ts
 * import { createSessions } from "rollcall";
 * import { memory } from "rollcall/memory";
 *
 * const sessions = createSessions({
 *   store: memory(),
 *   secret: "0123456789abcdef0123456789abcdef",
 * });
 * ```
 */
export function memory(database: MemoryDatabase = memoryDatabase()): SessionStore {
  const { rows, touchedBy, everywhereAt, claimsAt, listeners } = database;
  let processId = "";
  const tables = openTables(database, () => processId);
  const { put, record, hint, end, endReused, owned, activeOf } = tables;

  /** Ends what a sign-in must end; `null` when the limit refuses it. */
  const makeRoom = (input: NewSession, now: number): RevokedEntry[] | null => {
    const { user, limit, replaces } = input;
    const active = activeOf(user, now);
    const replaced = active.filter((row) => row.id === replaces);
    const rest = active.filter(
      (row) => row.id !== replaces && limit !== null && counts(row, limit),
    );
    const excess = limit === null ? 0 : rest.length + 1 - limit.max;
    if (excess > 0 && limit?.onLimit === "refuse") return null;
    const oldestFirst = rest.reverse();
    if (limit?.onLimit === "evict-least-recently-used") {
      oldestFirst.sort((a, b) => a.lastUsedAt - b.lastUsedAt);
    }
    const system = { kind: "system" } as const;
    const self = { kind: "self", sessionId: input.id } as const;
    const evicted = oldestFirst.slice(0, Math.max(0, excess)).map((row) => {
      record(row, { type: "session.evicted" }, system, now);
      return end(row, { reason: "evicted", actor: system }, now);
    });
    return [
      ...replaced.map((row) => end(row, { reason: "replaced", actor: self }, now)),
      ...evicted,
    ].map(entry);
  };

  const store: SessionStore = {
    configure(settings) {
      processId = settings.processId;
    },

    async migrate() {},

    async create(input) {
      const now = input.now ?? Date.now();
      const { user } = input;
      if ((provenAt(input) ?? now) < (everywhereAt.get(userKey(user)) ?? 0)) {
        return { outcome: "outdated" };
      }
      const maker = makerOf(input);
      const own = maker === null ? null : owned(maker.user, maker.sessionId);
      if (maker !== null && (own === null || !isActive(own, now))) return { outcome: "outdated" };
      const ended = makeRoom(input, now);
      if (ended === null) return { outcome: "refused" };
      const { name, isNews } = see(database, input, now);
      const session = put({ ...firstRow(input, now), name: name ?? input.name ?? null });
      touchedBy.set(session.id, new Set([input.keyId]));
      const self = startedBy(input);
      record(session, { type: "session.created" }, self, now);
      const { deviceId } = input;
      if (isNews) record(session, { type: "device.first_seen", data: { deviceId } }, self, now);
      hint();
      return { outcome: "created", session, ended, claimsAt: claimsAt.get(userKey(user)) ?? null };
    },

    async rotate(input) {
      const now = input.now ?? Date.now();
      const row = rows.get(input.id);
      if (row === undefined) return { outcome: "unknown" };
      const decision = decide(row, input.presented, now, input.retryWindow);
      switch (decision) {
        case "superseded":
        case "revoked":
        case "expired":
          return { outcome: decision, session: row, now };
        case "retry":
          touchedBy.get(row.id)?.add(input.presentedKeyId);
          return { outcome: "retried", session: row, now };
        case "reuse": {
          const session = endReused(row, now);
          hint();
          return { outcome: "reused", session, now };
        }
        default: {
          const session = put(rotated(row, decision, input, now));
          touchedBy.get(row.id)?.add(input.presentedKeyId).add(input.keyId);
          if (decision === "ahead") {
            record(session, { type: "session.generation_ahead" }, { kind: "system" }, now);
            hint();
          }
          if (tellMoves(record, row, session, now)) hint();
          return { outcome: "rotated", session, now };
        }
      }
    },

    async find(id, now = Date.now()) {
      const session = rows.get(id);
      return session === undefined ? null : { session, now };
    },

    async get(user, id) {
      return owned(user, id);
    },

    async list(user, { limit, after, now = Date.now() }) {
      const active = activeOf(user, now);
      const start =
        after === null
          ? active
          : active.filter(
              (row) =>
                row.createdAt < after.createdAt ||
                (row.createdAt === after.createdAt && row.id > after.id),
            );
      return start.slice(0, limit).map(summaryOf);
    },

    async rename(user, id, { name, actor, now = Date.now() }) {
      const row = owned(user, id);
      if (row === null || !isActive(row, now)) return null;
      const others = nameDevice(database, activeOf(user, now), row, name);
      for (const other of others) {
        record(put({ ...other, name }), { type: "session.renamed" }, actor, now);
      }
      if (others.length > 0) hint();
      return rows.get(id) ?? row;
    },

    update: async (user, id, change) => update(tables, user, id, change),

    reauthenticate: async (user, id, input) => reauthenticate(database, tables, user, id, input),

    outdate: async (user, input) => outdate(database, tables, user, input),

    async revoke(user, id, revocation, now = Date.now()) {
      const row = owned(user, id);
      if (row === null) return null;
      if (!isActive(row, now)) return { session: row, changed: false };
      const session = end(row, revocation, now);
      hint();
      return { session, changed: true };
    },

    async revokeAll(user, { revocation, except, sparedLevels = [], ...input }) {
      const { isEverywhere = except === null, now = Date.now() } = input;
      if (isEverywhere) {
        everywhereAt.set(userKey(user), Math.max(now, everywhereAt.get(userKey(user)) ?? 0));
      }
      const ended = activeOf(user, now)
        .filter((row) => row.id !== except && !sparedLevels.includes(row.level ?? ""))
        .map((row) => end(row, revocation, now));
      if (ended.length > 0) hint();
      return ended.map(entry);
    },

    async disavow(user, id, input) {
      const ended = disavow(database, { end, owned }, user, id, input);
      if (ended.length > 0) hint();
      return ended;
    },

    async erase(user, { margin, now = Date.now() }) {
      const answer = erase(database, user, now, margin, (row) => end(row, ERASED, now));
      if (answer.refused.length > 0) hint();
      return answer;
    },

    async revokeByKey({ keyId, revocation, now = Date.now() }) {
      const ended = [...rows.values()]
        .filter((row) => isActive(row, now) && touchedBy.get(row.id)?.has(keyId))
        .map((row) => entry(end(row, revocation, now)));
      if (ended.length > 0) hint();
      return { ended, next: null, left: false };
    },

    async confirm(uses, now = Date.now()) {
      const ended: RevokedEntry[] = [];
      for (const { id, generation } of uses) {
        const row = rows.get(id);
        if (row === undefined || !isActive(row, now)) continue;
        if (generation === row.generation) put({ ...row, confirmed: generation });
        else if (isVoid(row, generation)) ended.push(entry(endReused(row, now)));
      }
      if (ended.length > 0) hint();
      return { ended, left: [] };
    },

    async touch(uses, now = Date.now()) {
      for (const use of uses) {
        const { id } = use;
        const at = Math.min(use.at, now);
        const row = rows.get(id);
        if (row === undefined || !isActive(row, now)) continue;
        const deadline = Math.min(at + row.idleTimeout, row.absoluteExpiresAt);
        put({
          ...row,
          lastUsedAt: Math.max(row.lastUsedAt, at),
          expiresAt: Math.max(row.expiresAt, deadline),
        });
      }
      return [];
    },

    changes: async (cursor, margin, now = Date.now()) => changes(database, cursor, margin, now),

    async subscribe(listener) {
      listeners.add(listener);
      listener.connected(true);
      return async () => {
        listeners.delete(listener);
      };
    },

    purge: async (before, limit) => purge(database, before, limit),

    purgeEvents: async (before, limit) => purgeEvents(database, before, limit),

    purgeDevices: async (before, limit) => purgeDevices(database, before, limit),

    async close() {},
  };
  return store;
}

function entry({ id, accessUntil }: StoredSession): RevokedEntry {
  return { id, accessUntil };
}

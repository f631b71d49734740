import { isVoid } from "../../core/model/rotation.js";
import { isActive } from "../../core/model/session.js";
import { summaryOf } from "../../core/model/session-summary.js";
import { userKey } from "../../core/model/user.js";
import { ERASED } from "../../core/port/erasure.js";
import type { RevokedEntry } from "../../core/port/operations.js";
import type { SessionStore } from "../../core/port/store.js";
import { changes } from "./changes.js";
import { create } from "./create.js";
import { entry, type MemoryDatabase, memoryDatabase, openTables } from "./database.js";
import { disavow, nameDevice, purgeDevices } from "./devices.js";
import { erase } from "./erase.js";
import { outdate } from "./outdate.js";
import { purge, purgeEvents } from "./purge.js";
import { reauthenticate } from "./reauthenticate.js";
import { rotate } from "./rotate.js";
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
  const { rows, touchedBy, everywhereAt, listeners } = database;
  let processId = "";
  const tables = openTables(database, () => processId);
  const { put, record, hint, end, endReused, owned, activeOf } = tables;

  const store: SessionStore = {
    configure(settings) {
      processId = settings.processId;
    },

    async migrate() {},

    create: async (input) => create(database, tables, input),

    rotate: async (input) => rotate(database, tables, input),

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
        // The end of another session would end these, and then each once more.
        .sort((a, b) => Number(a.actor === null) - Number(b.actor === null))
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

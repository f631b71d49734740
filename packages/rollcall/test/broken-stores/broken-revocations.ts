import type { MemoryDatabase } from "rollcall/memory";
import type { Revocation, StoredSession } from "../../src/core/model/session.js";
import { isActive } from "../../src/core/model/session.js";
import { userKey } from "../../src/core/model/user.js";
import type { RevokedEntry } from "../../src/core/port/operations.js";
import { amend, type BrokenStore, brokenStore, pause } from "./broken-store.js";

const asEnded = (at: number, { reason, actor }: Revocation): Partial<StoredSession> => ({
  revokedAt: at,
  revokedReason: reason,
  revokedBy: actor,
});

/** Drops the events that were written after the first `count`. */
const forgetSince = ({ events }: MemoryDatabase, count: number): void => {
  events.splice(count);
};

export const brokenRevocations: readonly BrokenStore[] = [
  brokenStore(
    "overwrites the first ending",
    "the first ending wins: a second revoke changes nothing",
    (sound, database) => ({
      async revoke(user, id, revocation, now = Date.now()) {
        const answer = await sound.revoke(user, id, revocation, now);
        if (answer === null) return null;
        amend(database, id, () => asEnded(now, revocation));
        return { ...answer, session: database.rows.get(id) ?? answer.session };
      },
    }),
  ),
  brokenStore(
    "overwrites endings when all are ended",
    "everywhere ends every active session, and only those",
    (sound, database) => ({
      async revokeAll(user, input) {
        const entries = await sound.revokeAll(user, input);
        const mine = [...database.rows.values()].filter(
          (row) => userKey(row.user) === userKey(user),
        );
        for (const { id } of mine)
          amend(database, id, () => asEnded(input.now ?? 0, input.revocation));
        return entries;
      },
    }),
  ),
  brokenStore(
    "ends a session that has expired",
    "revoke of an expired session gives it unchanged",
    (sound, database) => ({
      async revoke(user, id, revocation, now = Date.now()) {
        const row = await sound.get(user, id);
        if (row === null || row.revokedAt !== null || isActive(row, now)) {
          return sound.revoke(user, id, revocation, now);
        }
        amend(database, id, () => asEnded(now, revocation));
        return { session: database.rows.get(id) ?? row, changed: true };
      },
    }),
  ),
  brokenStore(
    "says that each of two revokes changed it",
    "two revokes at once: one changed it, both see the first ending",
    (sound, database) => ({
      async revoke(user, id, revocation, now = Date.now()) {
        const row = await sound.get(user, id);
        await pause();
        const answer = await sound.revoke(user, id, revocation, now);
        return answer === null || row === null || !isActive(row, now)
          ? answer
          : { session: database.rows.get(id) ?? row, changed: true };
      },
    }),
  ),
  brokenStore(
    "keeps of an actor only its kind",
    "revoke ends a session, and keeps reason and actor verbatim",
    (sound) => ({
      revoke: (user, id, { reason, actor: { kind } }, now) =>
        sound.revoke(user, id, { reason, actor: { kind } }, now),
    }),
  ),
  brokenStore(
    "ends without an event",
    "an ending is told by one event, with time, user, reason and actor",
    (sound, database) => ({
      async revoke(...input) {
        const count = database.events.length;
        const answer = await sound.revoke(...input);
        forgetSince(database, count);
        return answer;
      },
    }),
  ),
  brokenStore(
    "tells everywhere by one event only",
    "everywhere ends every active session, and only those",
    (sound, database) => ({
      async revokeAll(...input) {
        const count = database.events.length;
        const entries = await sound.revokeAll(...input);
        forgetSince(database, count + 1);
        return entries;
      },
    }),
  ),
  brokenStore(
    "renames without an event",
    "rename names an active session, clears the name, and tells of it",
    (sound, database) => ({
      async rename(...input) {
        const count = database.events.length;
        const renamed = await sound.rename(...input);
        forgetSince(database, count);
        return renamed;
      },
    }),
  ),
  brokenStore(
    "renames what is over",
    "rename gives null for what is unknown, ended or expired",
    (sound, database) => ({
      async rename(user, id, change) {
        if ((await sound.get(user, id)) === null) return null;
        amend(database, id, () => ({ name: change.name }));
        return (await sound.rename(user, id, change)) ?? sound.get(user, id);
      },
    }),
  ),
  brokenStore(
    "misses the oldest session when all are ended",
    "everywhere ends every active session, and only those",
    (sound) => ({
      async revokeAll(user, input) {
        const listed = await sound.list(user, { limit: 1000, after: null, now: input.now });
        const oldest = listed.length > 1 ? listed.at(-1) : undefined;
        return sound.revokeAll(user, { ...input, except: input.except ?? oldest?.id ?? null });
      },
    }),
  ),
  brokenStore(
    "ends at most a hundred",
    "everywhere reaches 300 sessions as it reaches three",
    (sound) => ({
      async revokeAll(user, { revocation, now, except }) {
        const listed = await sound.list(user, { limit: 100, after: null, now });
        const others = listed.filter(({ id }) => id !== except);
        const ended: RevokedEntry[] = [];
        for (const { id } of others) {
          const revoked = await sound.revoke(user, id, revocation, now);
          if (revoked !== null) ended.push({ id, accessUntil: revoked.session.accessUntil });
        }
        return ended;
      },
    }),
  ),
  brokenStore(
    "spares nobody when all but one are ended",
    "everywhere with an exception spares that one session",
    (sound) => ({ revokeAll: (user, input) => sound.revokeAll(user, { ...input, except: null }) }),
  ),
  brokenStore(
    "purges whatever is over",
    "purge keeps sessions that are revoked or idle but not past their limit",
    (sound, { rows }) => ({
      async purge(before, limit) {
        const over = [...rows.values()].filter((row) => !isActive(row, before)).slice(0, limit);
        for (const { id } of over) rows.delete(id);
        return over.length + (await sound.purge(before, limit));
      },
    }),
  ),
  brokenStore(
    "purges at the limit itself",
    "purge forgets by the absolute limit, to the millisecond, with the events",
    (sound) => ({ purge: (before, limit) => sound.purge(before + 1, limit) }),
  ),
  brokenStore(
    "purges without a limit",
    "purge takes at most its limit at a time, and says how many",
    (sound) => ({ purge: (before) => sound.purge(before, 1000) }),
  ),
  brokenStore(
    "purges sessions but keeps their events",
    "purge forgets by the absolute limit, to the millisecond, with the events",
    (sound, { events }) => ({
      async purge(before, limit) {
        const kept = [...events];
        const count = await sound.purge(before, limit);
        events.splice(0, events.length, ...kept);
        return count;
      },
    }),
  ),
  brokenStore(
    "purges the revocations of sessions with the other events",
    "purgeEvents forgets by the time of the event, but no revocation of a session that is kept",
    (_, { events }) => ({
      async purgeEvents(before) {
        const kept = events.filter((event) => event.at >= before);
        const purged = events.length - kept.length;
        events.splice(0, events.length, ...kept);
        return purged;
      },
    }),
  ),
  brokenStore(
    "purges events at the limit itself",
    "purgeEvents forgets by the time of the event, but no revocation of a session that is kept",
    (sound) => ({ purgeEvents: (before, limit) => sound.purgeEvents(before + 1, limit) }),
  ),
  brokenStore(
    "purges events without a limit",
    "purgeEvents takes the oldest first, at most its limit at a time",
    (sound) => ({ purgeEvents: (before) => sound.purgeEvents(before, 1000) }),
  ),
  brokenStore(
    "purges the newest events first",
    "purgeEvents takes the oldest first, at most its limit at a time",
    (_, { events }) => ({
      async purgeEvents(before, limit) {
        const over = events.filter((event) => event.at < before).slice(-limit);
        events.splice(0, events.length, ...events.filter((event) => !over.includes(event)));
        return over.length;
      },
    }),
  ),
  brokenStore(
    "finds ended sessions by events that may be purged",
    "what has ended is erased with its user after its events were purged",
    (sound, { events, rows }) => ({
      async purgeEvents(before) {
        const over = events.filter((event) => event.at < before);
        events.splice(0, events.length, ...events.filter((event) => !over.includes(event)));
        return over.length;
      },
      async erase(user, input) {
        const told = new Set(events.map((event) => event.sessionId));
        const hidden = [...rows].filter(([id, row]) => row.revokedAt !== null && !told.has(id));
        for (const [id] of hidden) rows.delete(id);
        const erased = await sound.erase(user, input);
        for (const [id, row] of hidden) rows.set(id, row);
        return erased;
      },
    }),
  ),
];

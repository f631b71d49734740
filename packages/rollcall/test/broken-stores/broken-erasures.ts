import type { User } from "rollcall";
import type { MemoryDatabase } from "rollcall/memory";
import { userKey } from "../../src/core/model/user.js";
import { amend, type BrokenStore, brokenStore } from "./broken-store.js";

const ofUser = (database: MemoryDatabase, user: User) =>
  [...database.rows.values()].filter((row) => userKey(row.user) === userKey(user));

const NOTHING_LEFT = "erase leaves nothing of the user: rows and events name nobody";
const REFUSED = "whom erase ended every process refuses: by its cursor, and by a whole read";

export const brokenErasures: readonly BrokenStore[] = [
  brokenStore("erases by deleting rows and events", REFUSED, (_sound, database) => ({
    async erase(user) {
      const theirs = ofUser(database, user);
      for (const { id } of theirs) database.rows.delete(id);
      const kept = database.events.filter((event) => userKey(event.user) !== userKey(user));
      database.events.splice(0, database.events.length, ...kept);
      const refused = theirs.map(({ id, accessUntil }) => ({ id, accessUntil }));
      return { erased: theirs.length, refused };
    },
  })),
  brokenStore(
    "erases the events that others have yet to read",
    "an ending that others have not read survives an erasure",
    (sound, database) => ({
      async erase(user, input) {
        const kept = database.events.filter((event) => userKey(event.user) !== userKey(user));
        database.events.splice(0, database.events.length, ...kept);
        return sound.erase(user, input);
      },
    }),
  ),
  brokenStore(
    "erases the events that say more than others",
    "every event that others have not read can be read after an erasure",
    (sound, database) => ({
      async erase(user, input) {
        const kept = database.events.filter(({ type }) => type !== "session.reauthenticated");
        database.events.splice(0, database.events.length, ...kept);
        return sound.erase(user, input);
      },
    }),
  ),
  brokenStore(
    "forgets active sessions only",
    "erase forgets all sessions of the user, in whatever state, and counts them",
    (sound, database) => ({
      async erase(user, input) {
        const over = ofUser(database, user).filter(({ revokedAt }) => revokedAt !== null);
        const answer = await sound.erase(user, input);
        for (const row of over) database.rows.set(row.id, row);
        return answer;
      },
    }),
  ),
  brokenStore(
    "erases all users of an id, whatever their type",
    "erase leaves the sessions of all others as they were",
    (sound, database) => ({
      async erase(user, input) {
        for (const row of [...database.rows.values()]) {
          if (row.user.id === user.id && row.user.type !== user.type) {
            await sound.erase(row.user, input);
          }
        }
        return sound.erase(user, input);
      },
    }),
  ),
  brokenStore("keeps the names that were given", NOTHING_LEFT, (sound, database) => ({
    async erase(user, input) {
      const named = ofUser(database, user);
      const answer = await sound.erase(user, input);
      for (const { id, name } of named) amend(database, id, () => ({ name }));
      return answer;
    },
  })),
  brokenStore("keeps who did it in its events", NOTHING_LEFT, (sound, database) => ({
    async erase(user, input) {
      const actors = new Map(database.events.map(({ id, actor }) => [id, actor]));
      const answer = await sound.erase(user, input);
      database.events.forEach((event, index) => {
        database.events[index] = { ...event, actor: actors.get(event.id) ?? event.actor };
      });
      return answer;
    },
  })),
  brokenStore(
    "keeps for good what is over",
    "erase deletes what no token depends on, to the millisecond",
    (sound) => ({ erase: (user, input) => sound.erase(user, { ...input, margin: 1e12 }) }),
  ),
  brokenStore(
    "remembers when the user was signed out everywhere",
    "an erased user may sign in anew, as anybody may who was never here",
    (sound, { everywhereAt }) => ({
      async erase(user, input) {
        const at = everywhereAt.get(userKey(user));
        const answer = await sound.erase(user, input);
        if (at !== undefined) everywhereAt.set(userKey(user), at);
        return answer;
      },
    }),
  ),
  brokenStore(
    "keeps tombstones for as long as sessions",
    "what an erasure leaves may be purged once its access tokens are over",
    (sound, database) => ({
      async erase(user, input) {
        const limits = ofUser(database, user);
        const answer = await sound.erase(user, input);
        for (const { id, absoluteExpiresAt } of limits) {
          amend(database, id, () => ({ absoluteExpiresAt }));
        }
        return answer;
      },
    }),
  ),
];

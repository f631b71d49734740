import type { SessionStore, User } from "rollcall";
import type { MemoryDatabase } from "rollcall/memory";
import { userKey } from "../../src/core/model/user.js";
import { amend, type BrokenStore, brokenStore, type Fault, pause } from "./broken-store.js";

/** Outdates soundly, then spoils the rows behind the store's back. */
function spoiling(
  spoil: (database: MemoryDatabase, id: Parameters<typeof amend>[1]) => void,
): Fault {
  return (sound, database) => ({
    async outdate(user, input) {
      const entries = await sound.outdate(user, input);
      for (const { id } of entries) spoil(database, id);
      return entries;
    },
  });
}

/** Answers a sign-in soundly, with another time of the user's claims. */
function telling(claimsAt: (database: MemoryDatabase, user: User) => number | null): Fault {
  return (sound, database) => ({
    async create(input) {
      const told = claimsAt(database, input.user);
      const answer = await sound.create(input);
      return answer.outcome === "created" ? { ...answer, claimsAt: told } : answer;
    },
  });
}

/** Changes what a page tells of outdated sessions. */
function paging(
  change: (
    page: Awaited<ReturnType<SessionStore["changes"]>>,
    terms: { readonly margin: number; readonly now: number },
    database: MemoryDatabase,
  ) => Awaited<ReturnType<SessionStore["changes"]>>,
): Fault {
  return (sound, database) => ({
    changes: async (cursor, margin, now = Date.now()) =>
      change(await sound.changes(cursor, margin, now), { margin, now }, database),
  });
}

const MARKS = "outdate marks each active session up to its generation, and says which";
const SHOWS = "each outdating shows in the row, of the same generation too";
const WINDOW = "without a cursor: what is outdated, for as long as its tokens may live";
const TELLS = "a sign-in tells when the user's claims were last outdated";

export const brokenClaims: readonly BrokenStore[] = [
  brokenStore("outdates the first generation alone", MARKS, (sound, database) => ({
    async outdate(user, input) {
      const entries = await sound.outdate(user, input);
      for (const { id } of entries) amend(database, id, () => ({ outdatedTo: 1 }));
      return entries.map((entry) => ({ ...entry, generation: 1 }));
    },
  })),
  brokenStore(
    "outdates the next generation too",
    MARKS,
    spoiling((database, id) =>
      amend(database, id, (row) => ({ outdatedTo: (row.outdatedTo ?? 0) + 1 })),
    ),
  ),
  brokenStore(
    "ends the sessions whose claims it outdates",
    MARKS,
    spoiling((database, id) => amend(database, id, (row) => ({ revokedAt: row.createdAt }))),
  ),
  brokenStore("tells nobody that it outdated", MARKS, (sound, { events }) => ({
    async outdate(user, input) {
      const before = events.length;
      const entries = await sound.outdate(user, input);
      events.length = before;
      return entries;
    },
  })),
  brokenStore("outdates the newest session alone", MARKS, (sound, { rows }) => ({
    async outdate(user, input) {
      const others = [...rows.values()].slice(0, -1);
      const entries = await sound.outdate(user, input);
      for (const row of others) rows.set(row.id, row);
      return entries.filter(({ id }) => others.every((other) => other.id !== id));
    },
  })),
  brokenStore(
    "outdates what is over",
    "outdate leaves ended and expired sessions alone",
    (sound, database) => ({
      async outdate(user, input) {
        for (const row of database.rows.values()) {
          if (userKey(row.user) !== userKey(user)) continue;
          amend(database, row.id, () => ({ outdatedTo: 1, outdatedUntil: row.accessUntil }));
        }
        return sound.outdate(user, input);
      },
    }),
  ),
  brokenStore(
    "forgets at the next rotation that it outdated",
    "an outdated session goes on, and its next generation is not outdated",
    (sound, database) => ({
      async rotate(input) {
        const answer = await sound.rotate(input);
        if (answer.outcome !== "rotated") return answer;
        amend(database, input.id, () => ({ outdatedTo: null, outdatedUntil: null }));
        return { ...answer, session: database.rows.get(input.id) ?? answer.session };
      },
    }),
  ),
  brokenStore("writes the same outdating twice alike", SHOWS, (sound, database) => ({
    async outdate(user, input) {
      const entries = await sound.outdate(user, input);
      return entries.map((entry) => {
        const until = database.rows.get(entry.id)?.accessUntil ?? entry.until;
        amend(database, entry.id, () => ({ outdatedUntil: until }));
        return { ...entry, until };
      });
    },
  })),
  brokenStore(
    "leaves outdated sessions out of a page",
    "outdatings come with what an index must know",
    paging((page) => (page.whole ? page : { ...page, outdated: [] })),
  ),
  brokenStore(
    "tells of outdated sessions as ended",
    "outdatings come with what an index must know",
    paging((page) => ({
      ...page,
      revoked: page.outdated.map(({ id, until }) => ({ id, accessUntil: until })),
    })),
  ),
  brokenStore(
    "leaves outdated sessions out of the window",
    WINDOW,
    paging((page) => (page.whole ? { ...page, outdated: [] } : page)),
  ),
  brokenStore(
    "leaves the margin out of the window of what is outdated",
    WINDOW,
    paging((page, { now }) => ({
      ...page,
      outdated: page.outdated.filter(({ until }) => until > now),
    })),
  ),
  brokenStore(
    "remembers what is outdated by the session's newest token",
    WINDOW,
    paging((page, _terms, { rows }) => ({
      ...page,
      outdated: page.outdated.map(({ id, ...entry }) => {
        return { ...entry, id, until: rows.get(id)?.accessUntil ?? entry.until };
      }),
    })),
  ),
  brokenStore(
    "never tells a sign-in that claims were outdated",
    TELLS,
    telling(() => null),
  ),
  brokenStore(
    "tells a sign-in when anybody's claims were outdated",
    TELLS,
    telling(({ claimsAt }) => Math.max(...claimsAt.values())),
  ),
  brokenStore(
    "takes everywhere for an outdating",
    TELLS,
    telling(
      ({ claimsAt, everywhereAt }, user) =>
        everywhereAt.get(userKey(user)) ?? claimsAt.get(userKey(user)) ?? null,
    ),
  ),
  brokenStore("takes the user's time back", TELLS, (sound, { claimsAt }) => ({
    outdate(user, input) {
      claimsAt.delete(userKey(user));
      return sound.outdate(user, input);
    },
  })),
  brokenStore(
    "takes an outdating for an everywhere",
    "to outdate refuses no sign-in, and everywhere still does",
    (sound, { everywhereAt }) => ({
      outdate(user, input) {
        everywhereAt.set(userKey(user), input.now ?? Date.now());
        return sound.outdate(user, input);
      },
    }),
  ),
  brokenStore(
    "keeps an erased user's time",
    "outdated before erased: the events stay readable, and nothing is left",
    (sound, { claimsAt }) => ({
      async erase(user, input) {
        const kept = claimsAt.get(userKey(user)) ?? 0;
        const answer = await sound.erase(user, input);
        claimsAt.set(userKey(user), kept);
        return answer;
      },
    }),
  ),
  brokenStore(
    "outdates without the lock on the user",
    "outdate against sign-ins: each was outdated, or was told of it",
    (sound, { claimsAt }) => ({
      async create(input) {
        // What a statement sees that began before another one committed.
        const told = claimsAt.get(userKey(input.user)) ?? null;
        await pause();
        const answer = await sound.create(input);
        return answer.outcome === "created" ? { ...answer, claimsAt: told } : answer;
      },
    }),
  ),
  brokenStore(
    "outdates the generation it read before",
    "outdate against refreshes: each was outdated, or its answer shows it",
    (sound, database) => ({
      async outdate(user, input) {
        const before = new Map(database.rows);
        await pause();
        const entries = await sound.outdate(user, input);
        return entries.map((entry) => {
          const generation = before.get(entry.id)?.generation ?? entry.generation;
          amend(database, entry.id, () => ({ outdatedTo: generation }));
          return { ...entry, generation };
        });
      },
    }),
  ),
  brokenStore(
    "merges metadata",
    "update puts other metadata in the place of what was there",
    (sound, { rows }) => ({
      update: (user, id, change) =>
        sound.update(user, id, {
          ...change,
          metadata: { ...rows.get(id)?.metadata, ...change.metadata },
        }),
    }),
  ),
  brokenStore(
    "sorts the keys of metadata",
    "update puts other metadata in the place of what was there",
    (sound) => ({
      update: (user, id, { metadata, ...change }) =>
        sound.update(user, id, {
          ...change,
          metadata: metadata && Object.fromEntries(Object.entries(metadata).sort()),
        }),
    }),
  ),
  brokenStore(
    "writes the metadata it has already",
    "update with what is there already writes nothing",
    (sound) => ({
      async update(user, id, change) {
        await sound.update(user, id, { ...change, metadata: { other: true } });
        return sound.update(user, id, change);
      },
    }),
  ),
  brokenStore(
    "updates what is over",
    "update finds no session that has ended, expired or never was",
    (_sound, database) => ({
      async update(_user, id, { metadata }) {
        amend(database, id, () => ({ metadata }));
        return database.rows.get(id) ?? null;
      },
    }),
  ),
];

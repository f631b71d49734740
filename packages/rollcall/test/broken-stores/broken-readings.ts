import { isActive } from "../../src/core/model/session.js";
import type { SessionSummary } from "../../src/core/model/session-summary.js";
import { userKey } from "../../src/core/model/user.js";
import type { ListPage } from "../../src/core/port/operations.js";
import { amend, type BrokenStore, brokenStore, type Fault, pause } from "./broken-store.js";

const ALL = { limit: 1000, after: null } as const;

/** Lists all active sessions soundly, then does something to them. */
function listing(
  change: (all: readonly SessionSummary[], page: ListPage) => readonly SessionSummary[],
): Fault {
  return (sound) => ({
    list: async (user, page) => change(await sound.list(user, { ...page, ...ALL }), page),
  });
}

export const brokenReadings: readonly BrokenStore[] = [
  brokenStore(
    "lists by last use",
    "the list is newest sign-in first, whatever was used or rotated since",
    listing((all, { limit }) =>
      [...all].sort((a, b) => b.lastUsedAt - a.lastUsedAt).slice(0, limit),
    ),
  ),
  brokenStore(
    "leaves ties in no order",
    "sign-ins of one millisecond are listed by id, ascending by code unit",
    listing((all) => [...all].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))),
  ),
  brokenStore(
    "pages by time alone",
    "pages have no gaps and no repeats, ties included",
    listing((all, { after, limit }) =>
      all
        .filter(({ createdAt }) => createdAt < (after?.createdAt ?? Number.POSITIVE_INFINITY))
        .slice(0, limit),
    ),
  ),
  brokenStore(
    "looks for the last session of the page before",
    "a page goes on behind a session that has ended meanwhile",
    listing((all, { after, limit }) => {
      const start = after === null ? 0 : all.findIndex(({ id }) => id === after.id) + 1;
      return all.slice(start, start + limit);
    }),
  ),
  brokenStore(
    "lists expired sessions",
    "the list holds what is active, to the millisecond",
    (_sound, { rows }) => ({
      list: async (user) =>
        [...rows.values()].filter(
          (row) => userKey(row.user) === userKey(user) && row.revokedAt === null,
        ),
    }),
  ),
  brokenStore(
    "finds active sessions only",
    "find and get tell of a session in whatever state",
    (sound) => ({
      async find(id, now = Date.now()) {
        const found = await sound.find(id, now);
        return found !== null && isActive(found.session, now) ? found : null;
      },
    }),
  ),
  brokenStore(
    "takes last use back",
    "touch only ever grows: a late flush takes nothing back",
    (_sound, database) => ({
      async touch(uses) {
        for (const { id, at } of uses) {
          amend(database, id, (row) => ({ lastUsedAt: at, expiresAt: at + row.idleTimeout }));
        }
        return [];
      },
    }),
  ),
  brokenStore(
    "moves last use but not the deadline",
    "a touched session lives on by its new deadline",
    (sound, database) => ({
      async touch(uses, now) {
        const before = uses.flatMap(({ id }) => database.rows.get(id) ?? []);
        await sound.touch(uses, now);
        for (const { id, expiresAt } of before) amend(database, id, () => ({ expiresAt }));
        return [];
      },
    }),
  ),
  brokenStore(
    "touches past the absolute limit",
    "touch never moves a session past its absolute limit",
    (sound, database) => ({
      async touch(uses, now) {
        for (const { id, at } of uses) {
          amend(database, id, (row) => ({
            expiresAt: Math.max(row.expiresAt, at + row.idleTimeout),
          }));
        }
        return sound.touch(uses, now);
      },
    }),
  ),
  brokenStore(
    "believes a use of the future",
    "touch takes a use that lies ahead of the clock for one of now",
    (sound, database) => ({
      async touch(uses, now = Date.now()) {
        for (const { id, at } of uses) {
          amend(database, id, (row) => (isActive(row, now) ? { lastUsedAt: at } : {}));
        }
        return sound.touch(uses, now);
      },
    }),
  ),
  brokenStore("touches what is over", "touch leaves ended sessions alone", (_sound, database) => ({
    async touch(uses) {
      for (const { id, at } of uses) {
        amend(database, id, (row) => ({
          lastUsedAt: Math.max(row.lastUsedAt, at),
          expiresAt: Math.max(row.expiresAt, at + row.idleTimeout),
        }));
      }
      return [];
    },
  })),
  brokenStore(
    "touches the first five hundred of a batch",
    "touch takes a batch of 2,000, each with its own time",
    (sound) => ({ touch: (uses, now) => sound.touch(uses.slice(0, 500), now) }),
  ),
  brokenStore(
    "lets any use confirm the current generation",
    "the use of an earlier generation does not confirm the successor",
    (sound, database) => ({
      async confirm(uses, now = Date.now()) {
        for (const { id } of uses) {
          amend(database, id, (row) => (isActive(row, now) ? { confirmed: row.generation } : {}));
        }
        return sound.confirm(uses, now);
      },
    }),
  ),
  brokenStore(
    "leaves out of a batch what it says it wrote",
    "confirm takes a whole batch: current, void, old and ended side by side",
    (sound) => ({ confirm: (uses, now) => sound.confirm(uses.slice(0, 1), now) }),
  ),
  brokenStore(
    "says that it left out what it wrote",
    "confirm takes a whole batch: current, void, old and ended side by side",
    (sound) => ({
      async confirm(uses, now) {
        const { ended } = await sound.confirm(uses, now);
        return { ended, left: uses.map(({ id }) => id) };
      },
    }),
  ),
  brokenStore(
    "does not look for skipped generations",
    "an access token of a skipped generation is reuse, by way of confirm",
    (sound, { rows }) => ({
      confirm: (uses, now) =>
        sound.confirm(
          uses.filter(({ id, generation }) => generation === rows.get(id)?.generation),
          now,
        ),
    }),
  ),
  brokenStore(
    "skips an event",
    "every event is told, in the order of the session's life",
    (sound) => ({
      async changes(...input) {
        const page = await sound.changes(...input);
        return { ...page, events: page.events.filter((_, index) => index !== 2) };
      },
    }),
  ),
  brokenStore(
    "tells the newest event first",
    "every event is told, in the order of the session's life",
    (sound) => ({
      async changes(...input) {
        const page = await sound.changes(...input);
        return { ...page, events: [...page.events].reverse() };
      },
    }),
  ),
  brokenStore(
    "takes the cursor after the rows",
    "a reader among writers misses nothing",
    (sound, database) => ({
      async changes(...input) {
        const page = await sound.changes(...input);
        await pause();
        return { ...page, cursor: String(database.lastEventId) };
      },
    }),
  ),
  brokenStore("tells at most a hundred events", "600 events come through", (sound) => ({
    async changes(...input) {
      const page = await sound.changes(...input);
      return { ...page, events: page.events.slice(0, 100) };
    },
  })),
  brokenStore(
    "reads a garbage cursor as the end",
    "a cursor that was never given gets the whole window",
    (sound, database) => ({
      changes: (cursor, ...terms) =>
        sound.changes(
          cursor === null ? null : String(Number(cursor) || database.lastEventId),
          ...terms,
        ),
    }),
  ),
  brokenStore(
    "voids a cursor once the event that it stands at is purged",
    "a cursor stays good when the newest events are purged",
    (sound, { events }) => ({
      changes(cursor, ...terms) {
        const known = cursor === "0" || events.some(({ id }) => id === cursor);
        return sound.changes(known ? cursor : null, ...terms);
      },
    }),
  ),
  brokenStore(
    "leaves the endings out of a page",
    "endings come with what an index must know",
    (sound) => ({
      async changes(...input) {
        const page = await sound.changes(...input);
        return page.whole ? page : { ...page, revoked: [] };
      },
    }),
  ),
  brokenStore(
    "forgets the margin",
    "without a cursor: the revoked sessions whose access tokens may live, and no event",
    (sound) => ({ changes: (cursor, _margin, now) => sound.changes(cursor, 0, now) }),
  ),
  brokenStore(
    "remembers a revocation by its own time",
    "the window goes by accessUntil, not by the time of the revocation",
    (sound, { rows }) => ({
      async changes(cursor, margin, now = Date.now()) {
        const page = await sound.changes(cursor, margin, now);
        const fresh = page.revoked.filter(
          ({ id }) => (rows.get(id)?.revokedAt ?? 0) + 600_000 > now - margin,
        );
        return { ...page, revoked: fresh };
      },
    }),
  ),
  brokenStore(
    "tells the time by another clock",
    "each page tells what time it is by the clock that decides",
    (sound) => ({
      changes: async (...input) => ({ ...(await sound.changes(...input)), now: Date.now() }),
    }),
  ),
];

import type { JsonObject } from "rollcall";
import { isActive } from "../../src/core/model/session.js";
import type { SessionSummary } from "../../src/core/model/session-summary.js";
import { userKey } from "../../src/core/model/user.js";
import {
  amend,
  type BrokenStore,
  brokenStore,
  type Fault,
  limited,
  pause,
  storing,
} from "./broken-store.js";

const sorted = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Counts, then lets others in, then signs in. */
const withoutLock: Fault = (sound) => ({
  async create(input) {
    const { limit, user, now } = input;
    if (limit === null) return sound.create(input);
    const active = await sound.list(user, { limit: 1000, after: null, now });
    await pause();
    const excess = active.length + 1 - limit.max;
    if (excess > 0 && limit.onLimit === "refuse") return { outcome: "refused" };
    const revocation = { reason: "evicted", actor: { kind: "system" } } as const;
    const evicted: SessionSummary[] = excess > 0 ? active.slice(-excess) : [];
    for (const { id } of evicted) await sound.revoke(user, id, revocation, now);
    return sound.create({ ...input, limit: null });
  },
});

export const brokenSignIns: readonly BrokenStore[] = [
  brokenStore(
    "sorts the keys of deviceInfo",
    "deviceInfo and metadata come back verbatim, in the order of their keys",
    storing(({ deviceInfo }) => ({ deviceInfo: deviceInfo === null ? null : sorted(deviceInfo) })),
  ),
  brokenStore(
    "forgets what a session says of itself",
    "what a session says of itself is stored as given, and stays",
    storing(() => ({ scopes: null })),
  ),
  brokenStore(
    "believes an authentication yet to come",
    "a session knows when its user was authenticated, but never a time to come",
    (sound, database) => ({
      async create(input) {
        const created = await sound.create(input);
        amend(database, input.id, () => ({ authenticatedAt: input.authenticatedAt }));
        return created;
      },
    }),
  ),
  brokenStore(
    "takes an empty deviceInfo for an absent one",
    "an empty deviceInfo is not an absent one",
    storing(({ deviceInfo }) => ({
      deviceInfo: deviceInfo !== null && Object.keys(deviceInfo).length === 0 ? null : deviceInfo,
    })),
  ),
  brokenStore(
    "keeps the objects of its caller",
    "what a caller does to its objects later changes nothing stored",
    (sound, database) => ({
      async create(input) {
        const created = await sound.create(input);
        amend(database, input.id, () => ({ deviceInfo: input.deviceInfo }));
        return created;
      },
    }),
  ),
  brokenStore(
    "lets the first access token outlive its session",
    "accessUntil of a sign-in stops at the session's own end",
    (sound, database) => ({
      async create(input) {
        const created = await sound.create(input);
        if (created.outcome !== "created") return created;
        const accessUntil = created.session.createdAt + input.accessTokenTtl;
        amend(database, input.id, () => ({ accessUntil }));
        return { ...created, session: { ...created.session, accessUntil } };
      },
    }),
  ),
  brokenStore(
    "ignores authenticatedAt",
    "a sign-in proven before everywhere is refused, to the millisecond",
    storing(() => ({ authenticatedAt: null })),
  ),
  brokenStore(
    "refuses the sign-in of the very millisecond",
    "a sign-in proven before everywhere is refused, to the millisecond",
    storing(({ authenticatedAt }) => ({
      authenticatedAt: authenticatedAt === null ? null : authenticatedAt - 1,
    })),
  ),
  brokenStore(
    "checks the proof, then signs in, without a lock",
    "everywhere against sign-ins in flight: each is ended, or came after and is proven",
    (sound, { everywhereAt }) => ({
      async create(input) {
        const { user, authenticatedAt } = input;
        if ((authenticatedAt ?? Number.NaN) < (everywhereAt.get(userKey(user)) ?? 0)) {
          return { outcome: "outdated" };
        }
        await pause();
        return sound.create({ ...input, authenticatedAt: null });
      },
    }),
  ),
  brokenStore(
    "lets signing out the others refuse proofs",
    "signing out the others refuses no proof",
    (sound, { everywhereAt }) => ({
      async revokeAll(user, input) {
        everywhereAt.set(userKey(user), input.now ?? Date.now());
        return sound.revokeAll(user, input);
      },
    }),
  ),
  brokenStore(
    "keeps the time of the first everywhere",
    "each everywhere refuses what was proven before it",
    (sound, { everywhereAt }) => ({
      async revokeAll(user, input) {
        const first = everywhereAt.get(userKey(user));
        const entries = await sound.revokeAll(user, input);
        if (first !== undefined) everywhereAt.set(userKey(user), first);
        return entries;
      },
    }),
  ),
  brokenStore(
    "takes the time of everywhere back",
    "the time of everywhere never goes back",
    (sound, { everywhereAt }) => ({
      async revokeAll(user, input) {
        if (input.except === null) everywhereAt.delete(userKey(user));
        return sound.revokeAll(user, input);
      },
    }),
  ),
  brokenStore(
    "replaces sessions of anybody",
    "replaces ignores what is unknown, foreign or over",
    (sound, { rows }) => ({
      async create(input) {
        const created = await sound.create(input);
        const row = input.replaces === null ? undefined : rows.get(input.replaces);
        if (row === undefined || created.outcome !== "created") return created;
        const revocation = {
          reason: "replaced",
          actor: { kind: "self", sessionId: input.id },
        } as const;
        await sound.revoke(row.user, row.id, revocation, input.now);
        return created;
      },
    }),
  ),
  brokenStore(
    "ends what it replaces before it refuses",
    "a refused sign-in does not end what it would have replaced",
    (sound) => ({
      async create(input) {
        const created = await sound.create(input);
        if (created.outcome !== "created" && input.replaces !== null) {
          const revocation = { reason: "replaced", actor: { kind: "system" } } as const;
          await sound.revoke(input.user, input.replaces, revocation, input.now);
        }
        return created;
      },
    }),
  ),
  brokenStore(
    "counts the replaced session against the limit",
    "the replaced session makes room, so that nobody else must go",
    limited((limit) => ({ ...limit, max: limit.max - 1 })),
  ),
  ...(["evict-oldest", "evict-least-recently-used", "refuse"] as const).map((onLimit) =>
    brokenStore(
      `counts without a lock: ${onLimit}`,
      `50 sign-ins at once with a cap of 5 leave 5: ${onLimit}`,
      withoutLock,
    ),
  ),
  brokenStore(
    "evicts the oldest for the least recently used",
    "evict-least-recently-used ends the one unused for longest, however young",
    limited((limit) => ({ ...limit, onLimit: "evict-oldest" })),
  ),
  brokenStore(
    "evicts the least recently used for the oldest",
    "evict-oldest ends the oldest sign-in, however lately used",
    limited((limit) => ({ ...limit, onLimit: "evict-least-recently-used" })),
  ),
  brokenStore("evicts one at most", "a lowered limit ends as many as needed", (sound) => ({
    async create(input) {
      const { user, limit, now } = input;
      const active = await sound.list(user, { limit: 1000, after: null, now });
      const max = Math.max(limit?.max ?? 0, active.length);
      return sound.create({ ...input, limit: limit === null ? null : { ...limit, max } });
    },
  })),
  brokenStore(
    "counts sessions of every user type",
    "sessions of others do not count, nor are they ended",
    (sound, { rows }) => ({
      async create(input) {
        const { user, limit, now = Date.now() } = input;
        const others = [...rows.values()].filter(
          (row) => row.user.id === user.id && row.user.type !== user.type && isActive(row, now),
        );
        if (limit === null) return sound.create(input);
        if (limit.max <= others.length) return { outcome: "refused" };
        return sound.create({ ...input, limit: { ...limit, max: limit.max - others.length } });
      },
    }),
  ),
];

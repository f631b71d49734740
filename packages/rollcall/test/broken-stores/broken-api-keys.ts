import type { StoredSession } from "../../src/core/model/session.js";
import { userKey } from "../../src/core/model/user.js";
import type { RevokedEntry } from "../../src/core/port/operations.js";
import {
  amend,
  type BrokenStore,
  brokenStore,
  type Fault,
  pause,
  storing,
} from "./broken-store.js";

/** Ends sessions with another row than the sound store leaves. */
function ending(instead: (before: StoredSession) => Partial<StoredSession>): Fault {
  return (sound, database) => ({
    async revoke(user, id, revocation, now) {
      const before = database.rows.get(id);
      const revoked = await sound.revoke(user, id, revocation, now);
      if (before === undefined || revoked?.changed !== true) return revoked;
      amend(database, id, () => instead(before));
      return { changed: true, session: { ...revoked.session, ...instead(before) } };
    },
  });
}

/** Checks that the prover is active, lets others in, and then makes what was asked for. */
const withoutLock: Fault = (sound) => ({
  async create({ provenBy, ...input }) {
    if (provenBy === undefined) return sound.create(input);
    const found = await sound.find(provenBy, input.now);
    if (found === null || found.session.revokedAt !== null) return { outcome: "outdated" };
    await pause();
    return sound.create(input);
  },
});

export const brokenApiKeys: readonly BrokenStore[] = [
  brokenStore(
    "forgets the name of a new session",
    "an API key keeps its name, its scopes in their order, and the hash",
    (sound) => ({ create: ({ name: _, ...input }) => sound.create(input) }),
  ),
  brokenStore(
    "sorts scopes",
    "an API key keeps its name, its scopes in their order, and the hash",
    storing(({ scopes }) => ({ scopes: scopes === null ? null : [...scopes].reverse() })),
  ),
  brokenStore(
    "takes a key without scopes for no key",
    "an API key keeps its name, its scopes in their order, and the hash",
    storing(({ scopes }) => ({ scopes: scopes?.length === 0 ? null : scopes })),
  ),
  brokenStore(
    "forgets the end of an API key with its first access token",
    "the end of an API key is remembered, however long ago it was made",
    ending(({ accessUntil }) => ({ accessUntil })),
  ),
  brokenStore(
    "forgets the end of API keys that all end at once",
    "every way to end an API key is remembered for as long",
    (sound, database) => ({
      async revokeAll(user, input) {
        const before = new Map(database.rows);
        const ended = await sound.revokeAll(user, input);
        return ended.map(({ id }): RevokedEntry => {
          const accessUntil = before.get(id)?.accessUntil ?? 0;
          amend(database, id, () => ({ accessUntil }));
          return { id, accessUntil };
        });
      },
    }),
  ),
  brokenStore(
    "keeps ended API keys for a hundred years",
    "an API key without an end may be purged once its end is forgotten",
    ending(({ absoluteExpiresAt }) => ({ absoluteExpiresAt })),
  ),
  brokenStore(
    "remembers every end as that of an API key",
    "the end of any other session is remembered until its access tokens expire",
    ending(({ accessUntil }) => ({ accessUntil: accessUntil + 1 })),
  ),
  brokenStore(
    "holds the age of a session against what is made from it",
    "what everywhere lets go on may make something, however old it is",
    (sound, database) => ({
      async create(input) {
        const everywhereAt = database.everywhereAt.get(userKey(input.user)) ?? 0;
        if ((input.authenticatedAt ?? everywhereAt) < everywhereAt) return { outcome: "outdated" };
        return sound.create(input);
      },
    }),
  ),
  brokenStore(
    "makes things from sessions that have ended",
    "nothing is made from a session that has ended, is unknown or somebody else's",
    (sound) => ({ create: ({ provenBy: _, ...input }) => sound.create(input) }),
  ),
  brokenStore(
    "makes things from sessions of others",
    "nothing is made from a session that has ended, is unknown or somebody else's",
    (sound) => ({
      async create({ provenBy, ...input }) {
        const prover = provenBy === undefined ? null : await sound.find(provenBy, input.now);
        const isOwn = prover?.session.user.id === input.user.id;
        return sound.create(provenBy === undefined || !isOwn ? input : { ...input, provenBy });
      },
    }),
  ),
  brokenStore(
    "makes things from sessions that have expired",
    "nothing is made from a session that has ended, is unknown or somebody else's",
    withoutLock,
  ),
  brokenStore(
    "checks that a session is active, then makes things from it, without a lock",
    "of many who make something while its session ends, none does it afterwards",
    withoutLock,
  ),
  brokenStore(
    "outdates an API key for good",
    "outdated claims move an API key one generation on, and are remembered",
    (sound, database) => ({
      async outdate(user, input) {
        const entries = await sound.outdate(user, input);
        for (const { id, generation } of entries) amend(database, id, () => ({ generation }));
        return entries;
      },
    }),
  ),
];

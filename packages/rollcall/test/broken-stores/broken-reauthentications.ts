import type { StoredSession } from "../../src/core/model/session.js";
import { userKey } from "../../src/core/model/user.js";
import type { Reauthentication } from "../../src/core/port/operations.js";
import { amend, type BrokenStore, brokenStore, type Fault, pause } from "./broken-store.js";

/** Spoils the row after a re-authentication. */
function spoiling(
  spoil: (
    after: StoredSession,
    before: StoredSession,
    input: Reauthentication,
  ) => Partial<StoredSession>,
): Fault {
  return (sound, database) => ({
    async reauthenticate(user, id, input) {
      const before = database.rows.get(id);
      const answer = await sound.reauthenticate(user, id, input);
      if (before === undefined || answer.outcome !== "reauthenticated") return answer;
      amend(database, id, (after) => spoil(after, before, input));
      return { ...answer, session: database.rows.get(id) ?? answer.session };
    },
  });
}

/** Does it on other terms than those that were given. */
function given(instead: (input: Reauthentication) => Partial<Reauthentication>): Fault {
  return (sound) => ({
    reauthenticate: (user, id, input) =>
      sound.reauthenticate(user, id, { ...input, ...instead(input) }),
  });
}

const MOVES_ON = "a re-authentication moves one generation on, and leaves no way back to it";
const TOLD = "a re-authentication is told once, with what to refuse";

export const brokenReauthentications: readonly BrokenStore[] = [
  brokenStore(
    "keeps the way back",
    MOVES_ON,
    spoiling(({ generation }) => ({ predecessor: generation - 1 })),
  ),
  brokenStore(
    "takes a former refresh token for reuse",
    "a refresh token of before a re-authentication gets nothing and ends nothing, at any age",
    spoiling(() => ({ supersededTo: null })),
  ),
  brokenStore(
    "takes what came after for superseded",
    "what came after a re-authentication is reuse as ever",
    spoiling(({ generation }) => ({ supersededTo: generation })),
  ),
  brokenStore(
    "trusts the former access tokens",
    TOLD,
    spoiling((_after, { outdatedTo, outdatedUntil }) => ({ outdatedTo, outdatedUntil })),
  ),
  brokenStore("re-authenticates without an event", TOLD, (sound, { events }) => ({
    async reauthenticate(user, id, input) {
      const before = events.length;
      const answer = await sound.reauthenticate(user, id, input);
      events.splice(before);
      return answer;
    },
  })),
  brokenStore(
    "keeps the higher level",
    "a session is what the latest authentication says, be it less",
    spoiling((_after, { level }) => ({ level })),
  ),
  brokenStore(
    "takes a clock ahead at its word",
    "a re-authentication is dated as given, but never in a time to come",
    spoiling((_after, _before, { authenticatedAt, now = 0 }) => ({
      authenticatedAt: authenticatedAt ?? now,
    })),
  ),
  brokenStore(
    "counts a level's limit from now",
    "a level's limits count from the authentication, to the millisecond",
    spoiling(({ createdAt }, _before, { absoluteTimeout, levelTimeout, now = 0 }) => ({
      absoluteExpiresAt: Math.min(createdAt + absoluteTimeout, now + levelTimeout),
    })),
  ),
  brokenStore(
    "keeps the idle timeout",
    "a level's limits count from the authentication, to the millisecond",
    spoiling((_after, { idleTimeout }) => ({ idleTimeout })),
  ),
  brokenStore(
    "outlives the session's own limit at each authentication",
    "a re-authentication renews the limit of a level, never that of the session",
    spoiling(({ authenticatedAt }, _before, { levelTimeout }) => ({
      absoluteExpiresAt: (authenticatedAt ?? 0) + levelTimeout,
    })),
  ),
  brokenStore(
    "never renews a limit",
    "a re-authentication renews the limit of a level, never that of the session",
    spoiling((after, { absoluteExpiresAt }) => ({
      absoluteExpiresAt: Math.min(after.absoluteExpiresAt, absoluteExpiresAt),
    })),
  ),
  brokenStore(
    "forgets a limit that was longer",
    "an access token of a re-authentication stops at the session's own end",
    spoiling((_after, _before, { accessTokenTtl, now = 0 }) => ({
      accessUntil: now + accessTokenTtl,
    })),
  ),
  brokenStore(
    "goes back behind a token ahead",
    "a re-authentication by a token ahead moves on from that",
    spoiling((_after, { generation }) => ({ generation: generation + 1 })),
  ),
  brokenStore(
    "takes new tokens for used",
    "the new tokens of a re-authentication are unused until they are used",
    spoiling(({ generation }) => ({ confirmed: generation })),
  ),
  brokenStore(
    "forgets the key of a re-authentication",
    "revokeByKey ends what was re-authenticated under the key",
    (sound, { touchedBy }) => ({
      async reauthenticate(user, id, input) {
        const keys = new Set(touchedBy.get(id));
        const answer = await sound.reauthenticate(user, id, input);
        touchedBy.set(id, keys);
        return answer;
      },
    }),
  ),
  brokenStore(
    "does not tell of outdated claims",
    "a re-authentication tells when the user's claims were last outdated",
    (sound) => ({
      async reauthenticate(user, id, input) {
        const answer = await sound.reauthenticate(user, id, input);
        return answer.outcome === "reauthenticated" ? { ...answer, claimsAt: null } : answer;
      },
    }),
  ),
  brokenStore(
    "signs with the former key",
    "the row of a re-authentication is that of the table",
    spoiling((_after, { keyId }) => ({ keyId })),
  ),
  brokenStore(
    "lets a former token authenticate again",
    "a second re-authentication by the same token is superseded",
    given(() => ({ presented: 1e9 })),
  ),
  brokenStore(
    "revives what is over",
    "a re-authentication revives nothing that is over",
    (sound, database) => ({
      reauthenticate(user, id, input) {
        const expiresAt = (input.now ?? 0) + 1;
        amend(database, id, () => ({ revokedAt: null, expiresAt }));
        return sound.reauthenticate(user, id, input);
      },
    }),
  ),
  brokenStore(
    "re-authenticates sessions of every user",
    "a re-authentication of somebody else's session is of an unknown one",
    (sound, { rows }) => ({
      reauthenticate: (user, id, input) =>
        sound.reauthenticate(rows.get(id)?.user ?? user, id, input),
    }),
  ),
  brokenStore(
    "re-authenticates by a password that was changed",
    "a re-authentication proven before everywhere is refused, to the millisecond",
    given(() => ({ authenticatedAt: null })),
  ),
  brokenStore(
    "remembers an erased user who authenticates again",
    "a re-authentication leaves nothing of a user who was erased",
    (sound, { everywhereAt }) => ({
      async reauthenticate(user, id, input) {
        const answer = await sound.reauthenticate(user, id, input);
        if (answer.outcome === "unknown") everywhereAt.set(userKey(user), 1);
        return answer;
      },
    }),
  ),
  brokenStore(
    "reads, then writes, when a user authenticates again",
    "20 re-authentications at once: one succeeds, told once",
    (sound, { rows }) => ({
      async reauthenticate(user, id, input) {
        const row = rows.get(id);
        await pause();
        if (row !== undefined) rows.set(id, row);
        return sound.reauthenticate(user, id, input);
      },
    }),
  ),
  brokenStore(
    "writes back what was ended while a user authenticated again",
    "everywhere against 40 re-authentications leaves no survivor",
    (sound, { rows }) => ({
      async reauthenticate(user, id, input) {
        const row = rows.get(id);
        await pause();
        if (row?.revokedAt === null) rows.set(id, row);
        return sound.reauthenticate(user, id, input);
      },
    }),
  ),
  brokenStore(
    "gives an old token what the new one has",
    "a re-authentication against refreshes: no old token gets a raised pair",
    (sound, { rows }) => ({
      async rotate(input) {
        const answer = await sound.rotate(input);
        const row = rows.get(input.id);
        const isOld = answer.outcome === "superseded" && row !== undefined;
        return isOld ? { ...answer, outcome: "retried", session: row } : answer;
      },
    }),
  ),
  brokenStore(
    "checks the proof, then authenticates again, without a lock",
    "a factor change against re-authentications with the old one: each came before it",
    (sound, { everywhereAt }) => ({
      async reauthenticate(user, id, { authenticatedAt, ...input }) {
        if ((authenticatedAt ?? Number.NaN) < (everywhereAt.get(userKey(user)) ?? 0)) {
          return sound.reauthenticate(user, id, { ...input, authenticatedAt });
        }
        await pause();
        return sound.reauthenticate(user, id, { ...input, authenticatedAt: null });
      },
    }),
  ),
  brokenStore(
    "spares every level",
    "a factor change spares the levels that it names, and no others",
    (sound, { rows }) => ({
      revokeAll(user, input) {
        const all = [...rows.values()].flatMap(({ level }) => level ?? []);
        return sound.revokeAll(user, { ...input, sparedLevels: all });
      },
    }),
  ),
  brokenStore(
    "spares no level",
    "a factor change keeps one session, whatever its level",
    (sound) => ({
      revokeAll: (user, input) => sound.revokeAll(user, { ...input, sparedLevels: [] }),
    }),
  ),
  brokenStore(
    "refuses proofs only where no session stays",
    "a factor change refuses what was proven before it, though a session stays",
    (sound) => ({
      revokeAll: (user, { isEverywhere: _, ...input }) => sound.revokeAll(user, input),
    }),
  ),
  brokenStore(
    "takes spared sessions for kept ones",
    "sessions that everywhere spares do not keep it from refusing proofs",
    (sound) => ({
      revokeAll(user, { sparedLevels = [], ...input }) {
        const isEverywhere = input.isEverywhere ?? sparedLevels.length === 0;
        return sound.revokeAll(user, { ...input, sparedLevels, isEverywhere });
      },
    }),
  ),
];

import { isActive } from "../../src/core/model/session.js";
import { ACTOR_ENDED } from "../../src/core/port/acting.js";
import type { NewSession } from "../../src/core/port/operations.js";
import { amend, type BrokenStore, brokenStore, type Fault, pause } from "./broken-store.js";

const OF_ENDING = "what its user does as somebody else ends with a session";

/** Stores it as if nobody acted, then says who does: no ending finds it, and every limit counts it. */
function keepingActorAside(differing: Partial<NewSession> = {}): Fault {
  return (sound, database) => ({
    async create(input) {
      const { actor } = input;
      if (actor === null) return sound.create(input);
      const created = await sound.create({ ...input, ...differing, actor: null });
      if (created.outcome !== "created") return created;
      amend(database, input.id, () => ({ actor }));
      return { ...created, session: { ...created.session, actor } };
    },
  });
}

/** Takes back what an ending did to the sessions of actors. */
function sparing(
  method: "revoke" | "revokeAll" | "create" | "rotate" | "confirm" | "revokeByKey" | "erase",
): Fault {
  return (sound, database) => {
    const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
      const before = new Map(database.rows);
      const answer = await act();
      for (const [id, row] of before) {
        const isSpared = row.revokedAt === null && row.actor !== null;
        if (isSpared && database.rows.get(id)?.revokedReason === "actor_ended") {
          database.rows.set(id, row);
        }
      }
      return answer;
    };
    switch (method) {
      case "revoke":
        return { revoke: (...input) => guarded(() => sound.revoke(...input)) };
      case "revokeAll":
        return { revokeAll: (...input) => guarded(() => sound.revokeAll(...input)) };
      case "create":
        return { create: (...input) => guarded(() => sound.create(...input)) };
      case "rotate":
        return { rotate: (...input) => guarded(() => sound.rotate(...input)) };
      case "confirm":
        return { confirm: (...input) => guarded(() => sound.confirm(...input)) };
      case "revokeByKey":
        return { revokeByKey: (...input) => guarded(() => sound.revokeByKey(...input)) };
      case "erase":
        return { erase: (...input) => guarded(() => sound.erase(...input)) };
    }
  };
}

export const brokenActings: readonly BrokenStore[] = [
  brokenStore(
    "leaves out why somebody acts",
    "a session in which somebody acts says who and why, and tells it",
    (sound, database) => ({
      async create(input) {
        const created = await sound.create(input);
        amend(database, input.id, ({ actor }) => ({
          actor: actor && { user: actor.user, sessionId: actor.sessionId },
        }));
        return created;
      },
    }),
  ),
  brokenStore(
    "tells of a sign-in where somebody acts",
    "a session in which somebody acts says who and why, and tells it",
    (sound, database) => ({
      async create(input) {
        const created = await sound.create(input);
        const at = database.events.length - 1;
        const event = database.events[at];
        if (event?.type === "session.created") {
          database.events[at] = { ...event, actor: { kind: "self", sessionId: input.id } };
        }
        return created;
      },
    }),
  ),
  brokenStore(
    "lets go on what is done from a session that is revoked",
    `${OF_ENDING}: revoke`,
    sparing("revoke"),
  ),
  brokenStore(
    "lets go on what is done from the sessions of everywhere",
    `${OF_ENDING}: everywhere`,
    sparing("revokeAll"),
  ),
  brokenStore(
    "lets go on what is done from the others",
    `${OF_ENDING}: the end of the others`,
    sparing("revokeAll"),
  ),
  brokenStore(
    "lets go on what is done from a session that is replaced",
    `${OF_ENDING}: a sign-in that replaces it`,
    sparing("create"),
  ),
  brokenStore(
    "lets go on what is done from a session that is evicted",
    `${OF_ENDING}: eviction`,
    sparing("create"),
  ),
  brokenStore(
    "lets a thief go on to act",
    `${OF_ENDING}: a superseded refresh token`,
    sparing("rotate"),
  ),
  brokenStore(
    "lets a thief go on to act who used a skipped generation",
    `${OF_ENDING}: a token of a skipped generation`,
    sparing("confirm"),
  ),
  brokenStore(
    "lets go on what is done from sessions of a compromised key",
    `${OF_ENDING}: a compromised key`,
    sparing("revokeByKey"),
  ),
  brokenStore(
    "lets somebody who was erased go on to act",
    `${OF_ENDING}: erasure`,
    sparing("erase"),
  ),
  brokenStore(
    "does not look at the session that somebody acts from",
    "nobody acts from a session that has ended, is unknown or is another's",
    keepingActorAside(),
  ),
  brokenStore(
    "takes any session for the actor's own",
    "nobody acts from a session that has ended, is unknown or is another's",
    (sound, { rows }) => ({
      async create(input) {
        const own = input.actor === null ? undefined : rows.get(input.actor.sessionId);
        if (input.actor === null || own === undefined) return sound.create(input);
        return sound.create({ ...input, actor: { ...input.actor, user: own.user } });
      },
    }),
  ),
  brokenStore(
    "ends whoever acts for the same user from another session",
    "an end leaves alone who acts from another session, and who has expired",
    (sound, { rows }) => ({
      async revoke(user, id, revocation, now = Date.now()) {
        const answer = await sound.revoke(user, id, revocation, now);
        for (const row of [...rows.values()]) {
          const { actor } = row;
          if (actor !== null && actor.user.id === user.id && isActive(row, now)) {
            await sound.revoke(row.user, row.id, ACTOR_ENDED, now);
          }
        }
        return answer;
      },
    }),
  ),
  brokenStore(
    "ends the actor's own session with the one they act in",
    "a session in which somebody acts ends alone",
    (sound) => ({
      async revoke(user, id, revocation, now) {
        const answer = await sound.revoke(user, id, revocation, now);
        const actor = answer?.session.actor ?? null;
        if (actor !== null) await sound.revoke(actor.user, actor.sessionId, revocation, now);
        return answer;
      },
    }),
  ),
  brokenStore(
    "counts who acts as the user against the limit",
    "who acts as the user does not count, and is not evicted",
    (sound) => ({
      async create(input) {
        const { limit, user, now } = input;
        if (limit === null) return sound.create(input);
        const active = await sound.list(user, { limit: 1000, after: null, now });
        const acting = active.filter(({ actor }) => actor !== null).length;
        return sound.create({ ...input, limit: { ...limit, max: limit.max - acting } });
      },
    }),
  ),
  brokenStore(
    "holds the actor's sign-in against everywhere",
    "everywhere counts against when it was asked for, not against the actor's sign-in",
    (sound) => ({
      create: ({ provenAt: _, ...input }) => sound.create(input),
    }),
  ),
  brokenStore(
    "lets somebody begin to act across everywhere",
    "everywhere counts against when it was asked for, not against the actor's sign-in",
    (sound) => ({
      create: ({ provenAt, ...input }) =>
        sound.create(
          provenAt === undefined ? input : { ...input, provenAt: Number.MAX_SAFE_INTEGER },
        ),
    }),
  ),
  brokenStore(
    "ends by a key what its end has ended already",
    "a key that touched both sessions ends each of them once",
    (sound, database) => ({
      async revokeByKey(input) {
        const touched = [...database.rows.values()].filter(({ keyId }) => keyId === input.keyId);
        for (const own of touched.filter(({ actor }) => actor === null)) {
          await sound.revoke(own.user, own.id, input.revocation, input.now);
        }
        for (const row of touched) amend(database, row.id, () => ({ revokedAt: null }));
        return sound.revokeByKey(input);
      },
    }),
  ),
  brokenStore(
    "looks whether somebody may act, then lets others in",
    "50 who begin to act while their session ends leave none",
    (sound, database) => ({
      async create(input) {
        const { actor, now = Date.now() } = input;
        const own = actor === null ? undefined : database.rows.get(actor.sessionId);
        if (actor === null || own === undefined || !isActive(own, now)) return sound.create(input);
        await pause();
        const created = await sound.create({ ...input, actor: null });
        amend(database, input.id, () => ({ actor }));
        return created;
      },
    }),
  ),
];

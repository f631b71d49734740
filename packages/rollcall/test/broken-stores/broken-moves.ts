import { movesOf } from "../../src/core/model/rotation.js";
import { amend, type BrokenStore, brokenStore, pause } from "./broken-store.js";

const TOLD = "a refresh from another address or user agent tells of it, with both";
const LATE = "a late retry tells of a move as well; a retry and reuse move nothing";

export const brokenMoves: readonly BrokenStore[] = [
  brokenStore("tells of no move", TOLD, (sound, { events }) => ({
    async rotate(input) {
      const count = events.length;
      const outcome = await sound.rotate(input);
      if (outcome.outcome === "rotated") events.splice(count);
      return outcome;
    },
  })),
  brokenStore("keeps the user agent of the sign-in", TOLD, (sound) => ({
    rotate: (input) => sound.rotate({ ...input, userAgent: null }),
  })),
  brokenStore(
    "takes an unknown address for another",
    "a refresh from the same place, or from nowhere, tells nothing",
    (sound) => ({ rotate: (input) => sound.rotate({ ...input, ip: input.ip ?? "unknown" }) }),
  ),
  brokenStore(
    "records a user agent where the sign-in recorded none",
    "what becomes known is no change, and no user agent is recorded anew",
    (sound, database) => ({
      async rotate(input) {
        const outcome = await sound.rotate(input);
        amend(database, input.id, (row) => ({
          lastUserAgent: row.lastUserAgent ?? input.userAgent,
        }));
        return outcome;
      },
    }),
  ),
  brokenStore("moves with a retry", LATE, (sound, database) => ({
    async rotate(input) {
      const outcome = await sound.rotate(input);
      if (outcome.outcome === "retried") {
        amend(database, input.id, (row) => ({ lastIp: input.ip ?? row.lastIp }));
      }
      return outcome;
    },
  })),
  brokenStore("tells of no move of a late retry", LATE, (sound, { events }) => ({
    async rotate(input) {
      const before = await sound.find(input.id, input.now);
      const count = events.length;
      const outcome = await sound.rotate(input);
      if (before?.session.generation !== input.presented) events.splice(count);
      return outcome;
    },
  })),
  brokenStore(
    "reads where a session was, lets others in, then rotates",
    "of refreshes at once from as many addresses, the one that rotates is told of",
    (sound, { events, rows, ...database }) => ({
      async rotate(input) {
        const before = rows.get(input.id);
        await pause();
        const outcome = await sound.rotate(input);
        const after = rows.get(input.id);
        if (before === undefined || after === undefined || outcome.outcome === "rotated") {
          return outcome;
        }
        for (const move of movesOf(before, after)) {
          const last = events.at(-1);
          const id = String(database.lastEventId + events.length);
          if (last !== undefined) events.push({ ...last, ...move, id });
        }
        return outcome;
      },
    }),
  ),
  brokenStore(
    "keeps addresses in the events of users that it erases",
    "what an erasure leaves of a move names no address",
    (sound, { events }) => ({
      async erase(user, input) {
        const kept = new Map(events.map((event) => [event.id, event]));
        const erased = await sound.erase(user, input);
        events.forEach((event, index) => {
          const former = kept.get(event.id);
          if (former?.type === "session.address_changed") events[index] = former;
        });
        return erased;
      },
    }),
  ),
];

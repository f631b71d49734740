import { type BrokenStore, brokenStore } from "./broken-store.js";
import { presenting } from "./rotation-faults.js";

export const brokenKeys: readonly BrokenStore[] = [
  brokenStore(
    "forgets by which key a token was presented",
    "revokeByKey ends what a token under the key has moved ahead",
    presenting((_row, { keyId }) => ({ presentedKeyId: keyId })),
  ),
  brokenStore(
    "forgets by which key a retry was presented",
    "revokeByKey ends what a token under the key got by a retry",
    presenting((row, input) =>
      input.presented < row.generation ? { presentedKeyId: input.keyId } : {},
    ),
  ),
  brokenStore(
    "knows only the newest key of a session",
    "revokeByKey ends what was begun under the key, also many rotations ago",
    (sound, { touchedBy }) => ({
      async rotate(input) {
        const answer = await sound.rotate(input);
        if (answer.outcome === "rotated") touchedBy.set(input.id, new Set([input.keyId]));
        return answer;
      },
    }),
  ),
  brokenStore(
    "ends by key without an event",
    "revokeByKey ends what was begun under the key, of every user, and says so",
    (sound, { events }) => ({
      async revokeByKey(input) {
        const before = events.length;
        const page = await sound.revokeByKey(input);
        events.splice(before);
        return page;
      },
    }),
  ),
  brokenStore(
    "ends all when a key is compromised",
    "revokeByKey ends what was begun under the key, of every user, and says so",
    (sound, { touchedBy }) => ({
      revokeByKey(input) {
        for (const keys of touchedBy.values()) keys.add(input.keyId);
        return sound.revokeByKey(input);
      },
    }),
  ),
  brokenStore(
    "takes a part of a key's id for the key",
    "revokeByKey takes no part of a key's id for the key",
    (sound, { touchedBy }) => ({
      revokeByKey(input) {
        for (const keys of touchedBy.values()) {
          if ([...keys].some((key) => key.includes(input.keyId))) keys.add(input.keyId);
        }
        return sound.revokeByKey(input);
      },
    }),
  ),
];

import type { SessionStore, User } from "rollcall";
import { type BrokenStore, brokenStore, type Fault } from "./broken-store.js";

/** A store that takes the user's id for another text, as a driver does that changes what it sends. */
const changing =
  (change: (text: string) => string): Fault =>
  (sound) => {
    const as = (user: User): User => ({ ...user, id: change(user.id) });
    return {
      create: (input) => sound.create({ ...input, user: as(input.user) }),
      get: (user, id) => sound.get(as(user), id),
      list: (user, page) => sound.list(as(user), page),
      rename: (user, id, given) => sound.rename(as(user), id, given),
      revoke: (user, id, revocation, now) => sound.revoke(as(user), id, revocation, now),
    } satisfies Partial<SessionStore>;
  };

const comesBack = (name: string): string => `text comes back as it went in: ${name}`;

export const brokenTexts: readonly BrokenStore[] = [
  brokenStore(
    "drops byte order marks from ids",
    comesBack("a byte order mark inside"),
    changing((text) => text.replaceAll("\ufeff", "")),
  ),
  brokenStore(
    "trims what it stores",
    comesBack("spaces around it"),
    changing((text) => text.trim()),
  ),
  brokenStore(
    "composes accents",
    comesBack("composed and decomposed accents"),
    changing((text) => text.normalize("NFC")),
  ),
  brokenStore(
    "turns line ends into those of its system",
    comesBack("line ends and tabs"),
    changing((text) => text.replaceAll("\r\n", "\n")),
  ),
  brokenStore("cuts names", comesBack("characters beyond the basic plane"), (sound) => ({
    rename: (user, id, { name, ...change }) =>
      sound.rename(user, id, {
        ...change,
        name: name?.replaceAll(/[\u{10000}-\u{10ffff}]/gu, "?") ?? null,
      }),
  })),
  brokenStore(
    "writes a name anew that it has",
    "a rename to the name it has writes nothing and gives the session",
    (sound) => ({
      async rename(user, id, change) {
        await sound.rename(user, id, { ...change, name: `${change.name} ` });
        return sound.rename(user, id, change);
      },
    }),
  ),
];

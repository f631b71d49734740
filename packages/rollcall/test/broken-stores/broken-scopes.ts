import type { SessionStore, User } from "rollcall";
import type { MemoryDatabase } from "rollcall/memory";
import { userKey } from "../../src/core/model/user.js";
import { type BrokenStore, brokenStore } from "./broken-store.js";

type Scoped = "get" | "list" | "rename" | "update" | "outdate" | "revoke" | "revokeAll";

/** Each method, asked for everyone whom a store takes for the user. */
function asAll(sound: SessionStore, usersLike: (user: User) => readonly User[]): SessionStore {
  const first = async <T>(user: User, ask: (as: User) => Promise<T | null>): Promise<T | null> => {
    for (const as of usersLike(user)) {
      const answer = await ask(as);
      if (answer !== null) return answer;
    }
    return null;
  };
  const all = async <T>(user: User, ask: (as: User) => Promise<readonly T[]>): Promise<T[]> =>
    (await Promise.all(usersLike(user).map(ask))).flat();
  return {
    ...sound,
    get: (user, id) => first(user, (as) => sound.get(as, id)),
    list: (user, page) => all(user, (as) => sound.list(as, page)),
    rename: (user, id, change) => first(user, (as) => sound.rename(as, id, change)),
    update: (user, id, change) => first(user, (as) => sound.update(as, id, change)),
    outdate: (user, input) => all(user, (as) => sound.outdate(as, input)),
    revoke: (user, id, revocation, now) =>
      first(user, (as) => sound.revoke(as, id, revocation, now)),
    revokeAll: (user, input) => all(user, (as) => sound.revokeAll(as, input)),
  };
}

/** Everyone in the database who is the same as `user` to `key`. */
function alike({ rows }: MemoryDatabase, user: User, key: (user: User) => string): User[] {
  const others = [...rows.values()].map((row) => row.user).filter((row) => key(row) === key(user));
  return [...new Map([user, ...others].map((one) => [userKey(one), one])).values()];
}

const methods: readonly Scoped[] = [
  "get",
  "list",
  "rename",
  "update",
  "outdate",
  "revoke",
  "revokeAll",
];

/** In each method, a store that forgets one half of the user. */
const unscoped = (missing: string, stranger: string, key: (user: User) => string): BrokenStore[] =>
  methods.map((method) =>
    brokenStore(
      `forgets the ${missing} in ${method}`,
      `${method} as ${stranger} finds nothing and changes nothing`,
      (sound, database) => ({
        [method]: asAll(sound, (user) => alike(database, user, key))[method],
      }),
    ),
  );

/** A store that keeps ids as they are but compares them loosely, as a collation does. */
const folding = (name: string, lookAlikes: string, key: (user: User) => string): BrokenStore =>
  brokenStore(name, `users told apart: ${lookAlikes}`, (sound, database) =>
    asAll(sound, (user) => alike(database, user, key)),
  );

export const brokenScopes: readonly BrokenStore[] = [
  ...unscoped("user id", "another user", ({ type }) => type),
  ...unscoped("user type", "another user type", ({ id }) => id),
  folding("folds the case of ids", "upper and lower case", ({ id }) => id.toLowerCase()),
  folding("trims ids", "a trailing space", ({ id }) => id.trim()),
  folding("normalises ids", "composed and decomposed accents", ({ id }) => id.normalize("NFC")),
  folding("takes ids for numbers", "snowflakes beyond 2^53", ({ id }) => String(Number(id))),
  folding("cuts long ids", "255 characters, the last apart", ({ id }) => id.slice(0, 254)),
  folding("joins type and id", "a colon that moves", ({ type, id }) => `${type}:${id}`),
  folding("takes ids for patterns", "wildcards", ({ id }) => id.replace(/^%$/, "ada")),
];

import assert from "node:assert/strict";
import type { StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import { ada, grace, SECOND } from "./new-session.js";
import { idsOf, LOGOUT, type Scenario, storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

/** What a stranger tries on someone's session by one method; asserts that it gets nowhere. */
type Attempt = (s: Scenario, stranger: User, session: StoredSession) => Promise<void>;

const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  async get(s, stranger, { id }) {
    assert.equal(await s.store.get(stranger, id), null);
  },
  async list(s, stranger) {
    assert.deepEqual(await s.list(stranger), []);
  },
  async rename(s, stranger, { id }) {
    const change = { name: "mine now", actor: LOGOUT.actor, now: s.clock.now() };
    assert.equal(await s.store.rename(stranger, id, change), null);
  },
  async update(s, stranger, { id }) {
    const change = { metadata: { mine: "now" }, actor: LOGOUT.actor, now: s.clock.now() };
    assert.equal(await s.store.update(stranger, id, change), null);
  },
  async outdate(s, stranger) {
    const input = { actor: LOGOUT.actor, now: s.clock.now() };
    assert.deepEqual(await s.store.outdate(stranger, input), []);
  },
  async revoke(s, stranger, { id }) {
    assert.equal(await s.store.revoke(stranger, id, LOGOUT, s.clock.now()), null);
  },
  async revokeAll(s, stranger) {
    assert.deepEqual(await s.everywhere(stranger), []);
  },
  async "revokeAll with an exception"(s, stranger, { id }) {
    assert.deepEqual(await s.everywhere(stranger, { except: id }), []);
  },
};

const attemptCases = Object.entries(ATTEMPTS).flatMap(([method, attempt]) =>
  Object.entries({
    "another user": { type: ada.type, id: grace.id },
    "another user type": { type: "staff", id: ada.id },
  }).map(([who, stranger]) =>
    storeCase(`${method} as ${who} finds nothing and changes nothing`, async (s) => {
      const session = await s.signIn();
      const ended = await s.end(await s.signIn());
      s.clock.advance(SECOND);
      await s.expectUntouched(session.id, () => attempt(s, stranger, session));
      await s.expectUntouched(ended.id, () => attempt(s, stranger, ended));
    }),
  ),
);

const user = (id: string): User => ({ type: "user", id });
const LONG = "x".repeat(254);

/** Users that a careless database, collation or key takes for one. */
const LOOK_ALIKES: readonly (readonly [string, User, User])[] = [
  ["upper and lower case", user("Ada"), user("ada")],
  ["case beyond ASCII", user("ÄDA"), user("äda")],
  ["the dotless i", user("ılk"), user("ilk")],
  ["a trailing space", user("ada "), user("ada")],
  ["a leading space", user(" ada"), user("ada")],
  ["a space alone, and two", user(" "), user("  ")],
  ["composed and decomposed accents", user("é"), user("e\u0301")],
  ["sharp s", user("straße"), user("strasse")],
  ["full width", user("ａda"), user("ada")],
  ["a zero-width joiner", user("a\u200dda"), user("ada")],
  ["emoji with and without a skin tone", user("👍"), user("👍🏽")],
  ["beyond the basic plane", user("𝒜"), user("𝒝")],
  ["a colon that moves", { type: "a", id: "b:c" }, { type: "a:b", id: "c" }],
  ["the case of the type", { type: "User", id: "ada" }, { type: "user", id: "ada" }],
  ["255 characters, the last apart", user(`${LONG}1`), user(`${LONG}2`)],
  ["255 characters and 254", user(`${LONG}x`), user(LONG)],
  ["255 characters beyond ASCII", user("ü".repeat(255)), user("ü".repeat(254))],
  ["snowflakes beyond 2^53", user("9007199254740993"), user("9007199254740992")],
  ["leading zeros", user("007"), user("7")],
  ["numbers as text", user("1"), user("1.0")],
  ["exponents", user("1e3"), user("1000")],
  ["wildcards", user("%"), user("ada")],
  ["an underscore", user("a_a"), user("ada")],
  ["a backslash", user("a\\da"), user("ada")],
  ["quotes", user("'; DROP TABLE rollcall_sessions; --"), user("' OR '1'='1")],
  ["placeholders", user("$1"), user("?1")],
  ["null and the word", user("null"), user("NULL")],
  ["property names", user("__proto__"), user("constructor")],
  ["a line break", user("ada\n"), user("ada")],
];

const lookAlikeCases = LOOK_ALIKES.map(([what, one, other]) =>
  storeCase(`users told apart: ${what}`, async (s) => {
    const mine = await s.signIn({ user: one });
    const theirs = await s.signIn({ user: other });
    for (const session of [mine, theirs]) {
      assert.deepEqual((await s.row(session.id)).user, session.user);
      assert.deepEqual(idsOf(await s.list(session.user)), [session.id]);
      assert.deepEqual(await s.store.get(session.user, session.id), session);
    }
    assert.deepEqual([mine.user, theirs.user], [one, other]);
    for (const method of ["get", "rename", "revoke"]) {
      await s.expectUntouched(theirs.id, async () => ATTEMPTS[method]?.(s, one, theirs));
      await s.expectUntouched(mine.id, async () => ATTEMPTS[method]?.(s, other, mine));
    }
    const limited = await s.create({ user: one, limit: { max: 2, onLimit: "refuse" } });
    assert.equal(limited.outcome, "created", "sessions of the other were counted");
    const authenticatedAt = s.clock.now();
    s.clock.advance(1);
    const events = await s.eventsDuring(async () => {
      assert.equal((await s.everywhere(one)).length, 2);
    });
    for (const event of events) assert.deepEqual(event.user, one);
    assert.deepEqual(await s.row(theirs.id), theirs);
    assert.equal((await s.create({ user: other, authenticatedAt })).outcome, "created");
    assert.equal((await s.create({ user: one, authenticatedAt })).outcome, "outdated");
  }),
);

/** Contract §2.7: every read and write is scoped by user id and user type. */
export const isolationCases: readonly StoreCase[] = [...attemptCases, ...lookAlikeCases];

import assert from "node:assert/strict";
import type { StoredSession } from "../../core/model/session.js";
import { KEY_END_REMEMBERED } from "../../core/port/endings.js";
import type { NewSession } from "../../core/port/operations.js";
import { DAY, grace, MINUTE, newId, SECOND } from "./new-session.js";
import { idsOf, LOGOUT, type Scenario, storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const NEVER = 36_500 * DAY;

const KEY = {
  kind: "key",
  name: "nightly build",
  scopes: ["orders:read", "orders:write"],
  secretHash: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
  idleTimeout: NEVER,
  absoluteTimeout: NEVER,
} as const satisfies Partial<NewSession>;

const makeKey = (s: Scenario, differing: Partial<NewSession> = {}): Promise<StoredSession> =>
  s.signIn({ ...KEY, ...differing });

/** The row as its end must leave it. */
function over(row: StoredSession, s: Scenario, reason: string): StoredSession {
  const at = s.clock.now();
  return {
    ...row,
    revokedAt: at,
    revokedReason: reason,
    revokedBy: LOGOUT.actor,
    accessUntil: Math.max(row.accessUntil, at + KEY_END_REMEMBERED),
    absoluteExpiresAt: Math.min(row.absoluteExpiresAt, at + KEY_END_REMEMBERED),
  };
}

/** API keys: sessions with the hash of a secret, which many processes believe for a while. */
export const apiKeyCases: readonly StoreCase[] = [
  storeCase("an API key keeps its name, its scopes in their order, and the hash", async (s) => {
    const row = await makeKey(s);
    const { name, scopes, secretHash, expiresAt, absoluteExpiresAt } = await s.row(row.id);
    assert.deepEqual(
      { name, scopes, secretHash },
      { name: KEY.name, scopes: KEY.scopes, secretHash: KEY.secretHash },
    );
    assert.deepEqual(
      [expiresAt, absoluteExpiresAt],
      [s.clock.now() + NEVER, s.clock.now() + NEVER],
    );
    const none = await makeKey(s, { scopes: [] });
    assert.deepEqual((await s.row(none.id)).scopes, []);
    assert.deepEqual(idsOf(await s.list()).length, 2);
  }),

  storeCase("the end of an API key is remembered, however long ago it was made", async (s) => {
    const row = await makeKey(s);
    s.clock.advance(400 * DAY);
    const ended = await s.end(row);
    assert.deepEqual(ended, over(row, s, LOGOUT.reason));
    assert.deepEqual(await s.row(row.id), ended);
    s.clock.advance(KEY_END_REMEMBERED - 1);
    const { revoked } = await s.store.changes(null, 0, s.clock.now());
    assert.deepEqual(revoked, [{ id: row.id, accessUntil: ended.accessUntil }]);
  }),

  storeCase("every way to end an API key is remembered for as long", async (s) => {
    const ways: readonly ((row: StoredSession) => Promise<unknown>)[] = [
      (row) => s.end(row),
      () => s.everywhere(),
      async () => s.everywhere(undefined, { except: (await s.signIn()).id }),
      (row) => s.signIn({ replaces: row.id }),
      (row) => s.store.erase(row.user, { margin: MINUTE, now: s.clock.now() }),
      () =>
        s.store.revokeByKey({
          keyId: "leaked",
          revocation: LOGOUT,
          after: null,
          wait: true,
          now: s.clock.now(),
        }),
    ];
    for (const end of ways) {
      const row = await makeKey(s, { keyId: "leaked" });
      s.clock.advance(DAY);
      await end(row);
      const ended = await s.row(row.id);
      assert.equal(ended.revokedAt, s.clock.now());
      assert.equal(ended.accessUntil, s.clock.now() + KEY_END_REMEMBERED);
      assert.equal(ended.absoluteExpiresAt, s.clock.now() + KEY_END_REMEMBERED);
    }
  }),

  storeCase("an API key without an end may be purged once its end is forgotten", async (s) => {
    const row = await makeKey(s);
    const living = await makeKey(s);
    await s.end(row);
    const until = s.clock.now() + KEY_END_REMEMBERED;
    assert.equal(await s.store.purge(until, 100), 0);
    assert.equal(await s.store.purge(until + 1, 100), 1);
    assert.equal(await s.store.find(row.id, s.clock.now()), null);
    assert.deepEqual(idsOf(await s.list()), [living.id]);
  }),

  storeCase(
    "the end of any other session is remembered until its access tokens expire",
    async (s) => {
      const row = await s.signIn();
      s.clock.advance(SECOND);
      const { accessUntil, absoluteExpiresAt } = await s.end(row);
      assert.deepEqual([accessUntil, absoluteExpiresAt], [row.accessUntil, row.absoluteExpiresAt]);
    },
  ),

  storeCase("the use of an API key moves its last use, and never its end", async (s) => {
    const end = 2 * DAY;
    const row = await makeKey(s, { idleTimeout: DAY, absoluteTimeout: end });
    s.clock.advance(DAY - SECOND);
    await s.store.touch([{ id: row.id, at: s.clock.now() }], s.clock.now());
    const used = await s.row(row.id);
    assert.deepEqual(
      [used.lastUsedAt, used.expiresAt],
      [s.clock.now(), row.createdAt + 2 * DAY - SECOND],
    );
    s.clock.advance(DAY - SECOND);
    await s.store.touch([{ id: row.id, at: s.clock.now() }], s.clock.now());
    assert.equal((await s.row(row.id)).expiresAt, row.createdAt + end);
  }),

  storeCase("outdated claims move an API key one generation on, and are remembered", async (s) => {
    const row = await makeKey(s);
    s.clock.advance(400 * DAY);
    for (const generation of [1, 2]) {
      const actor = LOGOUT.actor;
      const [entry] = await s.store.outdate(row.user, { actor, now: s.clock.now() });
      assert.deepEqual(entry, {
        id: row.id,
        generation,
        until: s.clock.now() + KEY_END_REMEMBERED,
      });
      assert.deepEqual(await s.row(row.id), {
        ...row,
        generation: generation + 1,
        outdatedTo: generation,
        outdatedUntil: s.clock.now() + KEY_END_REMEMBERED,
      });
      const { outdated } = await s.store.changes(null, 0, s.clock.now());
      assert.deepEqual(outdated, [entry]);
      s.clock.advance(KEY_END_REMEMBERED / 2);
    }
  }),

  storeCase("what is made from an active session of the user is made", async (s) => {
    const prover = await s.signIn();
    const { ended, session } = await s.expectCreated({ ...KEY, provenBy: prover.id });
    assert.deepEqual(ended, []);
    assert.equal(session.name, KEY.name);
    assert.deepEqual(await s.row(prover.id), prover);
  }),

  storeCase("what everywhere lets go on may make something, however old it is", async (s) => {
    const prover = await s.signIn();
    const authenticatedAt = s.clock.now();
    s.clock.advance(MINUTE);
    await s.everywhere(undefined, { except: prover.id, isEverywhere: true });
    for (const limit of [null, { max: 9, onLimit: "refuse" } as const]) {
      const made = await s.expectCreated({ ...KEY, provenBy: prover.id, authenticatedAt, limit });
      assert.equal(made.session.authenticatedAt, authenticatedAt);
    }
  }),

  storeCase(
    "nothing is made from a session that has ended, is unknown or somebody else's",
    async (s) => {
      const revoked = await s.signIn();
      await s.end(revoked);
      const expired = await s.signIn({ idleTimeout: MINUTE });
      const foreign = await s.signIn({ user: grace });
      const otherType = await s.signIn({ user: { type: "staff", id: expired.user.id } });
      s.clock.advance(MINUTE);
      for (const provenBy of [revoked.id, expired.id, foreign.id, otherType.id, newId()]) {
        const id = newId();
        for (const limit of [null, { max: 9, onLimit: "refuse" } as const]) {
          assert.deepEqual(await s.create({ ...KEY, id, provenBy, limit }), {
            outcome: "outdated",
          });
          assert.equal(await s.store.find(id, s.clock.now()), null);
        }
      }
    },
  ),

  storeCase(
    "of many who make something while its session ends, none does it afterwards",
    async (s) => {
      const prover = await s.signIn();
      let outcomes: readonly string[] = [];
      const events = await s.eventsDuring(async () => {
        outcomes = await s.atOnce(12, async (store, index) => {
          if (index !== 5) return (await s.create({ ...KEY, provenBy: prover.id }, store)).outcome;
          await store.revoke(prover.user, prover.id, LOGOUT, s.clock.now());
          return "ended";
        });
      });
      const told = events.map(({ type }) => type);
      assert.equal(told.at(-1), "session.revoked", "its end must wait for what is made from it");
      const made = outcomes.filter((outcome) => outcome === "created");
      assert.equal(told.length, made.length + 1);
      assert.equal((await s.list()).length, made.length);
    },
  ),
];

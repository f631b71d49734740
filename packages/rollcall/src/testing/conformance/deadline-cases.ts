import assert from "node:assert/strict";
import { DAY, MINUTE, SECOND, TERMS } from "./new-session.js";
import { storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const { accessTokenTtl, idleTimeout, absoluteTimeout } = TERMS;

/** Contract §2.2 and §3.2: when a session ends by itself, and how far its access tokens reach. */
export const deadlineCases: readonly StoreCase[] = [
  storeCase("a sign-in sets both deadlines; the earlier one is expiresAt", async (s) => {
    const usual = await s.signIn();
    assert.equal(usual.expiresAt, s.clock.now() + idleTimeout);
    assert.equal(usual.absoluteExpiresAt, s.clock.now() + absoluteTimeout);
    assert.equal(usual.idleTimeout, idleTimeout);
    const short = await s.signIn({ absoluteTimeout: DAY });
    assert.equal(short.expiresAt, s.clock.now() + DAY);
    assert.equal(short.absoluteExpiresAt, s.clock.now() + DAY);
  }),

  storeCase("the idle deadline holds to the millisecond", async (s) => {
    const { id, expiresAt } = await s.signIn();
    s.clock.advance(expiresAt - s.clock.now() - 1);
    await s.expectRotation("rotated", { id, presented: 1 });
    const other = await s.signIn();
    s.clock.advance(other.expiresAt - s.clock.now());
    await s.expectUntouched(other.id, () =>
      s.expectRotation("expired", { id: other.id, presented: 1 }),
    );
  }),

  storeCase("a refresh moves the idle deadline by the session's own idle timeout", async (s) => {
    const { id } = await s.signIn({ idleTimeout: 20 * MINUTE, persistent: false });
    s.clock.advance(15 * MINUTE);
    const row = await s.expectRotation("rotated", { id, presented: 1 });
    assert.equal(row.expiresAt, s.clock.now() + 20 * MINUTE);
    s.clock.advance(15 * MINUTE);
    await s.expectRotation("rotated", { id, presented: 2 });
  }),

  storeCase("no chain of refreshes outlives the absolute limit", async (s) => {
    const { id, absoluteExpiresAt } = await s.signIn();
    let presented = 1;
    while (absoluteExpiresAt - s.clock.now() > 6 * DAY) {
      s.clock.advance(6 * DAY);
      if (s.clock.now() >= absoluteExpiresAt) break;
      const row = await s.expectRotation("rotated", { id, presented });
      assert.equal(row.absoluteExpiresAt, absoluteExpiresAt, "the limit never moves");
      assert.ok(row.expiresAt <= absoluteExpiresAt, "expiresAt lies behind the absolute limit");
      assert.ok(row.accessUntil <= absoluteExpiresAt, "an access token outlives its session");
      presented += 1;
    }
    s.clock.advance(absoluteExpiresAt - s.clock.now() - 1);
    const last = await s.expectRotation("rotated", { id, presented });
    assert.equal(last.expiresAt, absoluteExpiresAt);
    assert.equal(last.accessUntil, absoluteExpiresAt);
    s.clock.advance(1);
    await s.expectRotation("expired", { id, presented: presented + 1 });
    await s.expectRotation("expired", { id, presented });
    assert.deepEqual(await s.list(), []);
  }),

  storeCase("neither a late retry nor a jump ahead outlives the absolute limit", async (s) => {
    const { id, absoluteExpiresAt } = await s.signIn({ absoluteTimeout: 8 * DAY });
    s.clock.advance(6 * DAY);
    await s.expectRotation("rotated", { id, presented: 1 });
    s.clock.advance(DAY);
    const late = await s.expectRotation("rotated", { id, presented: 1 });
    assert.equal(late.expiresAt, absoluteExpiresAt);
    const ahead = await s.expectRotation("rotated", { id, presented: 9 });
    assert.equal(ahead.expiresAt, absoluteExpiresAt);
    s.clock.advance(absoluteExpiresAt - s.clock.now() - SECOND);
    const last = await s.expectRotation("rotated", { id, presented: 20 });
    assert.equal(last.accessUntil, absoluteExpiresAt);
  }),

  storeCase(
    "accessUntil is the latest expiry of any access token, also when the ttl is lowered",
    async (s) => {
      const { id, accessUntil } = await s.signIn({ accessTokenTtl: 60 * MINUTE });
      assert.equal(accessUntil, s.clock.now() + 60 * MINUTE);
      s.clock.advance(MINUTE);
      const lowered = { id, presented: 1, accessTokenTtl: 5 * MINUTE };
      assert.equal((await s.expectRotation("rotated", lowered)).accessUntil, accessUntil);
      s.clock.advance(58 * MINUTE);
      const grown = { id, presented: 2, accessTokenTtl: 5 * MINUTE };
      const after = await s.expectRotation("rotated", grown);
      assert.equal(after.accessUntil, s.clock.now() + 5 * MINUTE);
    },
  ),

  storeCase("accessUntil grows with each rotation, and an ending leaves it", async (s) => {
    const session = await s.signIn();
    s.clock.advance(MINUTE);
    const row = await s.expectRotation("rotated", { id: session.id, presented: 1 });
    assert.equal(row.accessUntil, s.clock.now() + accessTokenTtl);
    s.clock.advance(MINUTE);
    assert.equal((await s.end(row)).accessUntil, row.accessUntil);
  }),

  storeCase("accessUntil of a sign-in stops at the session's own end", async (s) => {
    const idle = await s.signIn({ idleTimeout: 2 * MINUTE });
    assert.equal(idle.accessUntil, idle.expiresAt);
    const absolute = await s.signIn({ absoluteTimeout: MINUTE });
    assert.equal(absolute.accessUntil, absolute.absoluteExpiresAt);
  }),

  storeCase("an expired session stays expired, whatever is tried on it", async (s) => {
    const { id, user, expiresAt } = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE);
    const now = s.clock.now();
    const actor = { kind: "user" } as const;
    await s.expectUntouched(id, async () => {
      await s.expectRotation("expired", { id, presented: 1 });
      await s.store.touch([{ id, at: expiresAt - 1 }], now);
      await s.store.touch([{ id, at: now }], now);
      assert.equal(await s.store.rename(user, id, { name: "x", actor, now }), null);
      assert.deepEqual(await s.everywhere(), []);
      assert.equal((await s.store.get(user, id))?.revokedAt, null);
    });
    assert.deepEqual(await s.list(), []);
  }),
];

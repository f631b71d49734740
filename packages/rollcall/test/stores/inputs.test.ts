import fc from "fast-check";
import type { Sessions } from "rollcall";
import { createKeyRing, createSessions, SessionError } from "rollcall";
import { memory } from "rollcall/memory";
import { postgres } from "rollcall/postgres";
import { sqlite } from "rollcall/sqlite";
import { manualClock } from "rollcall/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { secret } from "../support/sessions.js";
import type { OpenStore } from "../support/store-factory.js";
import { stores } from "../support/stores.js";

/** What an untyped route may pass on: anything at all, and often something that nearly fits. */
function wild(id: string): fc.Arbitrary<unknown> {
  const strings = fc.constantFrom(
    "",
    "\0",
    "\ud800",
    "\ufeffada",
    "__proto__",
    "x".repeat(5000),
    id,
  );
  const leaf = fc.oneof(
    fc.constantFrom(null, undefined, true, 0, -0, 42, Number.NaN, 2 ** 60, 1n, [], {}),
    fc.constantFrom(Symbol("s"), () => id, new Date(Number.NaN), new Date(0), Object.create(null)),
    strings,
    strings.map((text) => [text]),
    strings.map((text) => ({ toString: () => text, toJSON: () => text, length: 3 })),
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
  );
  const known = ["type", "id", "actor", "reason", "kind", "sessionId", "device", "ip", "userAgent"];
  const more = [
    "metadata",
    "authenticatedAt",
    "replaces",
    "persistent",
    "limit",
    "cursor",
    "scope",
  ];
  const key = fc.constantFrom(...known, ...more, "olderThan", "accessToken", "refreshToken");
  const user = fc.record({ type: fc.constant("user"), id: fc.oneof(fc.constant("mallory"), leaf) });
  const actor = fc.record({ kind: fc.constantFrom("user", "admin", ["user"]), id: leaf });
  const nearly = fc.oneof(
    user,
    fc.record({ reason: fc.oneof(fc.constant("logout"), leaf), actor: fc.oneof(actor, leaf) }),
    fc.dictionary(key, fc.oneof(leaf, actor, fc.dictionary(key, leaf, { maxKeys: 3 })), {
      maxKeys: 4,
    }),
  );
  return fc.oneof({ weight: 2, arbitrary: nearly }, { weight: 1, arbitrary: leaf });
}

const METHODS = [
  "start",
  "verify",
  "verifyNow",
  "refresh",
  "verifyRefreshToken",
  "logout",
  "list",
  "get",
  "rename",
  "revoke",
  "revokeOthers",
  "revokeAll",
  "erase",
  "on",
  "purge",
] as const satisfies readonly (keyof Sessions)[];

/** The error of a call, however it fails; `null` when it does not. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (error) {
    return error;
  }
}

for (const { name, open } of stores) {
  describe(name, () => {
    let opened: OpenStore;
    let sessions: Sessions;
    const clock = manualClock();

    beforeAll(async () => {
      opened = await open(clock);
      sessions = createSessions({ store: opened.store, secret, clock, storeTimeout: "60s" });
    });

    afterAll(async () => {
      await sessions.close();
      await opened.close();
    });

    test("whatever is passed, it is taken or refused, and nobody else feels it", async () => {
      const grace = await sessions.start({ type: "user", id: "grace" });
      const mallory = await sessions.start({ type: "user", id: "mallory" });
      const value = wild(mallory.session.id);
      const user = fc.oneof(
        { weight: 2, arbitrary: fc.constant({ type: "user", id: "mallory" }) },
        { weight: 1, arbitrary: value },
      );
      const rest = fc.array(value, { maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...METHODS), user, rest, async (method, first, others) => {
          const error = await outcome(() =>
            Reflect.apply(sessions[method], sessions, [first, ...others]),
          );
          if (error === null) return;
          expect([TypeError, SessionError].some((kind) => error instanceof kind)).toBe(true);
          // A database that could not take what the core let through would be a 503.
          if (error instanceof SessionError) expect(error.code).not.toBe("store_unavailable");
          // Checked by us, not stumbled over.
          if (error instanceof TypeError) {
            expect(error.message).not.toMatch(/undefined|null \(|is not a function|Cannot|convert/);
          }
        }),
        { numRuns: 400 },
      );
      // What was written by them can all be read, by who runs on and by who starts now.
      clock.advance(3000);
      const later = createSessions({ store: opened.store, secret, clock, storeTimeout: "60s" });
      for (const one of [sessions, later]) {
        await one.verify(grace.tokens.accessToken.token);
        expect(one.health()).toMatchObject({ unreadable: 0, lastError: null });
        await one.list({ type: "user", id: "mallory" });
      }
      await later.close();
    });
  });
}

test("options of any kind are taken or refused by name", async () => {
  const names = ["store", "secret", "keys", "issuer", "idleTimeout", "retryWindow", "maxPerUser"];
  const more = ["onLimit", "claimsFor", "verifyCacheSize", "accessTokenTtl", "storeTimeout"];
  const value = wild("x");
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names, ...more), value, async (name, given) => {
      const options = {
        store: memory(),
        secret,
        clock: manualClock(),
        onError() {},
        [name]: given,
      };
      try {
        await Reflect.apply(createSessions, undefined, [options]).close();
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect(String(error)).toMatch(new RegExp(`${name}|either secret or keys`));
      }
    }),
    { numRuns: 300 },
  );
  for (const make of [createSessions, createKeyRing, sqlite, postgres]) {
    fc.assert(
      fc.property(value, value, (first, second) => {
        try {
          Reflect.apply(make, undefined, [first, second]);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  }
});

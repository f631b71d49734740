import fc from "fast-check";
import type { SessionStore, SignIn } from "rollcall";
import { createSessions } from "rollcall";
import { memory } from "rollcall/memory";
import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { refreshToken, secret, user } from "../support/sessions.js";

/** Answers each question of the store when the scheduler says so. */
function scheduled(store: SessionStore, scheduler: fc.Scheduler): SessionStore {
  const paced = new Set(["create", "find", "rotate", "outdate", "revoke"]);
  return new Proxy(store, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function" || !paced.has(String(name))) return value;
      return async (...args: unknown[]) => {
        await scheduler.schedule(Promise.resolve(), `before ${String(name)}`);
        const answer: unknown = await Reflect.apply(value, target, args);
        await scheduler.schedule(Promise.resolve(), `after ${String(name)}`);
        return answer;
      };
    },
  });
}

const acts = fc.constantFrom("change", "start", "refresh", "retry", "end");

test("in whatever order: no token is accepted that is older than an acknowledged refreshClaims", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(acts, { minLength: 2, maxLength: 8 }),
      async (scheduler, planned) => {
        const clock = manualClock();
        let version = 0;
        let acknowledged = 0;
        const sessions = createSessions({
          store: scheduled(memory(), scheduler),
          secret,
          clock,
          storeTimeout: "1h",
          onError() {},
          async claimsFor() {
            const answer = { version };
            await scheduler.schedule(Promise.resolve(), "claims on their way");
            return answer;
          },
        });
        const issued: SignIn["tokens"][] = [];
        const first = sessions.start(user);
        await scheduler.waitFor(first);
        issued.push((await first).tokens);
        let current = { token: refreshToken(await first), generation: 1 };
        const old = current.token;
        const act = async (what: string): Promise<void> => {
          await scheduler.schedule(Promise.resolve(), `begin to ${what}`);
          if (what === "change") {
            version += 1;
            const now = version;
            await sessions.refreshClaims(user);
            acknowledged = Math.max(acknowledged, now);
          } else if (what === "end") {
            await sessions.revoke(user, (await first).session.id);
          } else if (what === "start") {
            issued.push((await sessions.start(user)).tokens);
          } else {
            const token = what === "retry" ? old : current.token;
            const { tokens, principal } = await sessions.refresh(token);
            issued.push(tokens);
            if (principal.generation > current.generation) {
              current = { token: refreshToken({ tokens }), generation: principal.generation };
            }
          }
        };
        // Once the first has ended, by a retry that came too late too, its refreshes are refused.
        const refused = (error: unknown): void => {
          expect(error).toMatchObject({ reason: expect.stringMatching(/revoked|reused/) });
        };
        const all = Promise.all(planned.map((what) => act(what).catch(refused)));
        await scheduler.waitFor(all);
        for (const { accessToken } of issued) {
          const verified = sessions.verify(accessToken.token);
          try {
            await scheduler.waitFor(verified.catch(() => {}));
            const { claims } = await verified;
            expect(claims["version"]).toBeGreaterThanOrEqual(acknowledged);
          } catch (error) {
            expect(error).toMatchObject({ reason: expect.stringMatching(/outdated|revoked/) });
          }
        }
        // Whoever has not ended goes on, with the claims of now.
        const { session } = await first;
        if ((await sessions.get(user, session.id))?.revokedAt === null) {
          const again = sessions.refresh(current.token);
          await scheduler.waitFor(again);
          expect((await again).principal.claims).toEqual({ version });
        }
        await sessions.close();
      },
    ),
    { numRuns: 300 },
  );
});

import { describe, expect, test } from "vitest";
import {
  type Demo,
  databases,
  PASSWORD,
  signIn,
  startDemo,
} from "../../packages/rollcall/test/support/demo.js";

const ADA = "ada@example.com";
const GRACE = "grace@example.com";

async function statuses(
  demos: readonly Demo[],
  count: number,
  credentials: (n: number) => { email: string; password: string },
): Promise<Record<number, number>> {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      demos[n % demos.length]?.call("POST", "/auth/login", { body: credentials(n) }),
    ),
  );
  const counted: Record<number, number> = {};
  for (const answer of answers) {
    const status = answer?.status ?? 0;
    counted[status] = (counted[status] ?? 0) + 1;
  }
  return counted;
}

for (const { name, available, environment } of databases) {
  describe.skipIf(!available)(`on ${name}`, () => {
    test("POST /auth/login: the tokens, or one 401 for all that is wrong", async () => {
      const demo = await startDemo(await environment());
      const login = async (body: unknown): Promise<Awaited<ReturnType<Demo["call"]>>> =>
        await demo.call("POST", "/auth/login", { body });
      const good = await login({ email: " Ada@Example.com ", password: PASSWORD });
      expect([good.status, good.headers.get("cache-control")]).toEqual([200, "no-store"]);
      expect(good.json).toMatchObject({
        user: { id: expect.any(String), email: ADA },
        tokens: {
          accessToken: { token: expect.any(String) },
          refreshToken: { token: expect.any(String) },
        },
      });
      for (const body of [
        { email: ADA, password: "wrong" },
        { email: "nobody@example.com", password: PASSWORD },
        { email: `${"a".repeat(243)}@example.com`, password: PASSWORD },
        { email: "\ud800\0@example.com", password: "\0" },
      ]) {
        const bad = await login(body);
        expect([bad.status, bad.json]).toEqual([401, { error: "Invalid credentials" }]);
      }
      for (const body of [{}, { email: ADA }, { email: 1, password: 2 }, [], "x", null]) {
        const malformed = await login(body);
        expect([malformed.status, malformed.json.errorCode]).toEqual([400, "EC008"]);
      }
      const cookie = await demo.call("POST", "/auth/login", {
        body: { email: ADA, password: PASSWORD, transport: "cookie" },
        headers: { Origin: demo.url },
      });
      expect(Object.keys(cookie.json).sort()).toEqual([
        "accessExpiresAt",
        "accessExpiresIn",
        "refreshExpiresAt",
        "user",
      ]);
      expect(cookie.headers.getSetCookie().join()).toMatch(
        /__Host-rollcall-at.*__Host-rollcall-rt/,
      );
    });

    test("40 wrong at once, in two processes: five are tried, the account is shut", async () => {
      const shared = await environment();
      const demos = [await startDemo(shared), await startDemo(shared)];
      const wrong = (): { email: string; password: string } => ({ email: ADA, password: "wrong" });
      expect(await statuses(demos, 40, wrong)).toEqual({ 401: 5, 429: 35 });
      const right = await demos[0]?.call("POST", "/auth/login", {
        body: { email: ADA, password: PASSWORD },
      });
      expect([right?.status, right?.json.errorCode]).toEqual([429, "EC004"]);
      expect(Number(right?.headers.get("retry-after"))).toBeGreaterThan(0);
      // Another account from the same address is not concerned.
      expect(await statuses(demos, 1, () => ({ email: GRACE, password: PASSWORD }))).toEqual({
        200: 1,
      });
    });

    test("40 at once, right for one and wrong for the other: neither is in the other's way", async () => {
      const demo = await startDemo(await environment());
      const mixed = (n: number): { email: string; password: string } =>
        n % 2 === 0 ? { email: ADA, password: "wrong" } : { email: GRACE, password: PASSWORD };
      expect(await statuses([demo], 40, mixed)).toEqual({ 200: 20, 401: 5, 429: 15 });
    });

    test("40 right at once: all are let in, since only failures count", async () => {
      const demo = await startDemo(await environment());
      const right = (): { email: string; password: string } => ({ email: ADA, password: PASSWORD });
      expect(await statuses([demo], 40, right)).toEqual({ 200: 40 });
    });

    test("an address is shut after 20 failures, and a success of one account does not clear it", async () => {
      const demo = await startDemo(await environment());
      const attempt = async (email: string, password: string): Promise<number> =>
        (await demo.call("POST", "/auth/login", { body: { email, password } })).status;
      for (let i = 0; i < 20; i++) {
        expect(await attempt(`user${i}@example.com`, "wrong")).toBe(401);
        if (i % 5 === 0) expect(await attempt(ADA, PASSWORD)).toBe(200);
      }
      expect(await attempt("one-more@example.com", "wrong")).toBe(429);
      expect(await attempt(ADA, PASSWORD)).toBe(429);
    });

    test("a success clears its account's failures", async () => {
      const demo = await startDemo(await environment());
      for (let round = 0; round < 3; round++) {
        const wrong = (): { email: string; password: string } => ({ email: ADA, password: "no" });
        expect(await statuses([demo], 4, wrong)).toEqual({ 401: 4 });
        await signIn(demo, ADA);
      }
    });
  });
}

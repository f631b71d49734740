import { describe, expect, test } from "vitest";
import {
  type Demo,
  databases,
  refresh,
  signIn,
  startDemo,
  type Tokens,
} from "../../packages/rollcall/test/support/demo.js";

const ADA = "ada@example.com";
const GRACE = "grace@example.com";
const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

interface Listed {
  readonly id: string;
  readonly current: boolean;
  readonly createdAt: string;
  readonly device: { readonly browser: string | null };
}

async function list(demo: Demo, { access }: Tokens): Promise<Listed[]> {
  const answer = await demo.call("GET", "/account/sessions", { token: access });
  expect(answer.status).toBe(200);
  return answer.json.sessions;
}

async function expectDead(demo: Demo, tokens: Tokens): Promise<void> {
  const me = await demo.call("GET", "/me", { token: tokens.access });
  expect([me.status, me.json.errorCode]).toEqual([401, "EC002"]);
  const body = { refreshToken: tokens.refresh };
  const refreshed = await demo.call("POST", "/auth/refresh", { body });
  expect([refreshed.status, refreshed.json]).toEqual([
    401,
    {
      error: "Invalid refresh token",
      errorCode: "EC002",
      // Ended by another session of the same user, or by itself with "everywhere".
      sessionEnded: {
        reason: expect.stringMatching(/^revoke/),
        by: expect.stringMatching(/^(user|self)$/),
        at: expect.any(String),
      },
    },
  ]);
}

async function expectAlive(demo: Demo, tokens: Tokens, email: string): Promise<void> {
  const me = await demo.call("GET", "/me", { token: tokens.access });
  const user = { id: expect.any(String), email };
  expect([me.status, me.json]).toEqual([200, { user, role: "reader", actedBy: null }]);
}

for (const { name, available, environment } of databases) {
  describe.skipIf(!available)(`on ${name}`, () => {
    test("two devices of one user and one of another, from sign-in to the end of all", async () => {
      const demo = await startDemo(await environment());
      const laptop = await signIn(demo, ADA, FIREFOX);
      let phone = await signIn(demo, ADA, IPHONE);
      const grace = await signIn(demo, GRACE);

      // Newest first, and `current` on the right one, whoever asks.
      const seen = await list(demo, laptop);
      expect(seen.map(({ device, current }) => [device.browser, current])).toEqual([
        ["Safari", false],
        ["Firefox", true],
      ]);
      expect((await list(demo, phone)).map(({ current }) => current)).toEqual([true, false]);
      expect(await list(demo, grace)).toHaveLength(1);
      const [listedPhone, listedLaptop] = seen;
      if (listedPhone === undefined || listedLaptop === undefined) throw new Error("not listed");

      // Refreshed several times: same id, same createdAt.
      const beforeRefreshes = phone;
      for (let i = 0; i < 4; i++) phone = await refresh(demo, phone);
      const [after] = await list(demo, phone);
      expect(after).toMatchObject({
        id: listedPhone.id,
        createdAt: listedPhone.createdAt,
        current: true,
      });

      // Foreign, garbage and unknown ids are one answer; nothing ends.
      const [graces] = await list(demo, grace);
      const texts = new Set<string>();
      for (const id of [graces?.id, "garbage", "00000000-0000-4000-8000-000000000000", "%00"]) {
        const path = `/account/sessions/${id}`;
        const answer = await demo.call("DELETE", path, { token: laptop.access });
        expect(answer.status).toBe(404);
        texts.add(JSON.stringify(answer.json));
      }
      expect([...texts]).toEqual(['{"error":"Session not found"}']);
      await expectAlive(demo, grace, GRACE);

      // Ended by the id that was listed before its refreshes, and refused at once, old and new.
      const path = `/account/sessions/${listedPhone.id}`;
      for (let i = 0; i < 2; i++) {
        const answer = await demo.call("DELETE", path, { token: laptop.access });
        expect([answer.status, answer.json]).toEqual([200, { message: "Session revoked" }]);
        await expectDead(demo, phone);
        await expectDead(demo, beforeRefreshes);
      }
      expect((await list(demo, laptop)).map(({ id }) => id)).toEqual([listedLaptop.id]);
      await expectAlive(demo, laptop, ADA);

      // End the others.
      const others = [await signIn(demo, ADA), await signIn(demo, ADA)];
      const ended = await demo.call("DELETE", "/account/sessions", { token: laptop.access });
      expect(ended.json).toEqual({ message: "Other sessions revoked", revoked: 2 });
      for (const other of others) await expectDead(demo, other);
      await expectAlive(demo, laptop, ADA);

      // End all.
      const last = await signIn(demo, ADA);
      const all = await demo.call("POST", "/account/logout-everywhere", { token: laptop.access });
      expect([all.status, all.json]).toEqual([200, { message: "Logged out from every device" }]);
      await expectDead(demo, laptop);
      await expectDead(demo, last);
      await expectAlive(demo, grace, GRACE);
      expect(await demo.stop()).toBe(0);
    });
  });
}

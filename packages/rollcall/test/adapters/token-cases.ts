import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";
import { expectCleared, expectSignedOut, twoDevices } from "./sign-outs.js";

// Contract §1.10 and §1.11: the routes that take refresh tokens.

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export const tokenCases: readonly ContractCase[] = [
  {
    name: "bearer: refresh: the next pair, the same again for a retry",
    async run(stage) {
      const laptop = await stage.device();
      stage.clock.advance(60_000);
      const body = { refreshToken: laptop.tokens().refresh };
      const answer = await stage.wire.send("POST", "/auth/refresh", { body });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      const pair = { token: expect.any(String), expiresAt: expect.stringMatching(ISO) };
      expect(answer.json).toEqual({
        tokens: {
          accessToken: expect.objectContaining(pair),
          refreshToken: expect.objectContaining(pair),
        },
      });
      const retry = await stage.wire.send("POST", "/auth/refresh", { body });
      expect(retry.json.tokens.refreshToken).toEqual(answer.json.tokens.refreshToken);
      const headers = { Authorization: `Bearer ${answer.json.tokens.accessToken.token}` };
      expect((await stage.wire.send("GET", "/guarded", { headers })).status).toBe(200);
    },
  },

  {
    name: "cookie: refresh: new cookies, no token in the body",
    async run(stage) {
      const laptop = await stage.device({ transport: "cookie" });
      stage.clock.advance(60_000);
      const before = laptop.tokens();
      const answer = await laptop.send("POST", "/auth/refresh");
      expect([answer.status, answer.headers.getSetCookie().length]).toEqual([200, 2]);
      expect(answer.json).toEqual({
        accessExpiresAt: expect.stringMatching(ISO),
        accessExpiresIn: expect.any(Number),
        refreshExpiresAt: expect.stringMatching(ISO),
      });
      expect(laptop.tokens().refresh).not.toBe(before.refresh);
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  },

  {
    name: "refresh: one answer for whatever is wrong with the token",
    async run(stage) {
      const laptop = await stage.device();
      const { access, refresh } = laptop.tokens();
      await laptop.send("POST", "/auth/logout");
      const logout = { reason: "logout", by: "self", at: expect.any(String) };
      for (const refreshToken of [refresh, access, "", "x", 1, null]) {
        const answer = await stage.wire.send("POST", "/auth/refresh", { body: { refreshToken } });
        expect([answer.status, answer.json]).toEqual([
          401,
          {
            error: "Invalid refresh token",
            errorCode: "EC002",
            // Who holds a genuine one learns what became of its session.
            ...(refreshToken === refresh ? { sessionEnded: logout } : {}),
          },
        ]);
        expect(answer.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
      }
    },
  },

  ...overBothTransports("logout: this session only", async (stage, transport) => {
    const [laptop, phone] = await twoDevices(stage, transport);
    const answer = await laptop.send("POST", "/auth/logout");
    expect([answer.status, answer.json]).toEqual([200, { message: "Logged out" }]);
    expectCleared(answer, transport);
    await expectSignedOut(laptop);
    expect((await phone.send("GET", "/guarded")).status).toBe(200);
  }),

  {
    name: "logout: with an expired access token and a good refresh token",
    async run(stage) {
      const laptop = await stage.device();
      stage.clock.advance(3_600_000);
      const body = { refreshToken: laptop.tokens().refresh };
      const answer = await laptop.send("POST", "/auth/logout", { body });
      expect(answer.status).toBe(200);
      const gone = await stage.wire.send("POST", "/auth/refresh", { body });
      expect(gone.status).toBe(401);
    },
  },
];

import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";
import { expectCleared, expectSignedOut, twoDevices } from "./sign-outs.js";

// Signing out on routes of the application's own, and where a guard of its own stands before ours.

const TEN_MINUTES = 600_000;
const ADA = { type: "user", id: "ada" };

export const signOutCases: readonly ContractCase[] = [
  ...overBothTransports(
    "a sign-out of the application's: this session, at once, and once more for nothing",
    async (stage, transport) => {
      for (const path of ["/sign-out", "/sign-out/guarded"]) {
        const [laptop, phone] = await twoDevices(stage, transport);
        const answer = await laptop.send("POST", path);
        expect([answer.status, answer.json]).toEqual([200, {}]);
        expectCleared(answer, transport);
        await expectSignedOut(laptop);
        expect((await laptop.send("POST", "/sign-out")).status).toBe(200);
        expect((await phone.send("GET", "/guarded")).status).toBe(200);
      }
    },
  ),

  {
    name: "a sign-out of the application's with an expired access cookie: the cookies are cleared, once",
    async run({ device, clock, sessions }) {
      for (const path of ["/sign-out", "/sign-out/guarded"]) {
        const laptop = await device({ transport: "cookie" });
        clock.advance(TEN_MINUTES);
        const answer = await laptop.send("POST", path);
        expect([answer.status, answer.json]).toEqual([200, {}]);
        expectCleared(answer, "cookie");
        expect(answer.headers.get("cache-control")).toBe("no-store");
        expect((await sessions.list(ADA)).sessions).toEqual([]);
      }
    },
  },

  {
    name: "a sign-out of the application's clears the cookies of a session that was over",
    async run({ device, sessions }) {
      const laptop = await device({ transport: "cookie" });
      await sessions.revokeAll(ADA);
      const answer = await laptop.send("POST", "/sign-out");
      expect(answer.status).toBe(200);
      expectCleared(answer, "cookie");
    },
  },

  {
    name: "a sign-out of the application's while the database is away, or from another site, is none",
    async run({ device, sessions, store }) {
      const laptop = await device({ transport: "cookie" });
      const headers = { Origin: "https://evil.example" };
      const foreign = await laptop.send("POST", "/sign-out", { headers });
      expect([foreign.status, foreign.json.errorCode]).toEqual([403, "EC007"]);
      store.away = true;
      const away = await laptop.send("POST", "/sign-out");
      expect([away.status, away.json.errorCode]).toEqual([503, "EC005"]);
      for (const answer of [foreign, away]) expect(answer.headers.getSetCookie()).toEqual([]);
      store.away = false;
      expect((await sessions.list(ADA)).sessions).toHaveLength(1);
    },
  },

  {
    name: "a guard before Rollcall's routes: one pair of cookies goes out, at an ending the one that clears",
    options: { guardFirst: true },
    async run({ device, clock }) {
      for (const [method, path] of [
        ["POST", "/auth/logout"],
        ["POST", "/account/logout-everywhere"],
        ["DELETE", "/account/sessions?scope=all"],
      ] as const) {
        const laptop = await device({ transport: "cookie" });
        clock.advance(TEN_MINUTES);
        const listed = await laptop.send("GET", "/account/sessions");
        expect([listed.status, listed.headers.getSetCookie().length]).toEqual([200, 2]);
        clock.advance(TEN_MINUTES);
        const answer = await laptop.send(method, path);
        expect(answer.status, path).toBe(200);
        expectCleared(answer, "cookie");
        await expectSignedOut(laptop);
      }
    },
  },
];

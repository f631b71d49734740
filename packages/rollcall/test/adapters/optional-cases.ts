import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";
import { ORIGIN } from "./stage.js";

// `session()`: who calls, where signing in is optional.

const NOBODY = { user: null, isAdmin: false };

export const optionalCases: readonly ContractCase[] = [
  ...overBothTransports("session: who calls, or nobody", async (stage, transport) => {
    const anonymous = await stage.wire.send("GET", "/optional");
    expect([anonymous.status, anonymous.json]).toEqual([200, NOBODY]);
    expect(anonymous.headers.get("cache-control")).toBeNull();
    const laptop = await stage.device({ transport });
    const mine = await laptop.send("GET", "/optional");
    const user = { type: "user", id: "ada" };
    expect([mine.status, mine.json]).toEqual([200, { user, isAdmin: false }]);
    // "Back" must not show it after the sign-out.
    const caching = transport === "cookie" ? "no-store" : null;
    expect(mine.headers.get("cache-control")).toBe(caching);
    const admin = await stage.device({ transport, type: "admin" });
    expect((await admin.send("GET", "/optional")).json).toMatchObject({ isAdmin: true });
    await stage.sessions.revoke(user, laptop.sessionId);
    const ended = await laptop.send("GET", "/optional");
    expect([ended.status, ended.json]).toEqual([200, NOBODY]);
  }),

  {
    name: "session: with Authorization cookies count for nothing",
    async run({ device }) {
      const laptop = await device({ transport: "cookie" });
      const headers = { Authorization: "Bearer x.y.z" };
      expect((await laptop.send("GET", "/optional", { headers })).json).toEqual(NOBODY);
    },
  },

  {
    name: "session: cookies that are refreshed in passing go out, and those of an ended session too",
    async run({ device, clock, sessions }) {
      const laptop = await device({ transport: "cookie" });
      const before = laptop.tokens();
      clock.advance(600_000);
      const answer = await laptop.send("GET", "/optional");
      expect(answer.json.user).toEqual({ type: "user", id: "ada" });
      expect(answer.headers.getSetCookie()).toHaveLength(2);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(laptop.tokens().refresh).not.toBe(before.refresh);
      expect((await laptop.send("GET", "/optional")).headers.getSetCookie()).toEqual([]);
      await sessions.revokeAll({ type: "user", id: "ada" });
      const ended = await laptop.send("GET", "/optional");
      expect(ended.json).toEqual(NOBODY);
      expect(ended.headers.getSetCookie().map((line) => line.includes("Max-Age=0"))).toEqual([
        true,
        true,
      ]);
    },
  },

  ...overBothTransports(
    "session: a database that is away is a 503, not nobody",
    async (stage, transport) => {
      const laptop = await stage.device({ transport });
      stage.store.away = true;
      stage.clock.advance(10_000);
      const answer = await laptop.send("GET", "/optional", { headers: { Origin: ORIGIN } });
      expect([answer.status, answer.json?.errorCode]).toEqual([503, "EC005"]);
      expect(answer.headers.getSetCookie()).toEqual([]);
      stage.store.away = false;
    },
  ),
];

import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";
import { CUSTOMER } from "./harness.js";

// Acting as a user on a route of the application's own, and the way back.

const STAFF = { type: "staff", id: "7" };

export const actingCases: readonly ContractCase[] = [
  {
    name: "acting with cookies: they take the place of one's own, and the way back brings those again",
    async run({ device, sessions, clock }) {
      const laptop = await device({ transport: "cookie", user: STAFF.id, type: STAFF.type });
      // The guard before it refreshes in passing, and of each name one cookie goes out.
      for (const pause of [0, 600_000]) {
        clock.advance(pause);
        const begun = await laptop.send("POST", "/act");
        expect([begun.status, begun.json.tokens]).toEqual([200, undefined]);
        const set = begun.headers.getSetCookie().map((line) => line.slice(0, line.indexOf("=")));
        const host = "__Host-rollcall";
        expect(set).toEqual([`${host}-at`, `${host}-rt`, `${host}-actor`]);
        expect(begun.headers.get("cache-control")).toBe("no-store");
        expect((await laptop.send("GET", "/guarded")).json.user).toEqual(CUSTOMER);
        const [acting] = (await sessions.list(CUSTOMER)).sessions;
        expect(acting?.actor?.user).toEqual(STAFF);

        const further = await laptop.send("POST", "/act");
        expect([further.status, further.json.errorCode]).toEqual([403, "EC003"]);
        expect((await laptop.send("GET", "/guarded")).json.user).toEqual(CUSTOMER);

        expect((await laptop.send("POST", "/auth/stop-acting")).status).toBe(200);
        expect((await laptop.send("GET", "/guarded")).json.user).toEqual(STAFF);
        expect((await sessions.list(CUSTOMER)).sessions).toEqual([]);
      }
    },
  },

  ...overBothTransports(
    "acting from a session that has ended meanwhile, or from a user's own as oneself, is refused",
    async ({ device, sessions }, transport) => {
      const staff = await device({ transport, user: STAFF.id, type: STAFF.type });
      await sessions.revokeAll(STAFF);
      const refused = await staff.send("POST", "/act");
      expect([refused.status, refused.json.errorCode]).toEqual([401, "EC002"]);
      const own = await device({ transport, user: CUSTOMER.id });
      const oneself = await own.send("POST", "/act");
      expect([oneself.status, oneself.json.errorCode]).toEqual([400, "EC008"]);
      expect((await own.send("GET", "/guarded")).status).toBe(200);
      expect((await sessions.list(CUSTOMER)).sessions).toHaveLength(1);
    },
  ),

  {
    name: "acting with a bearer token: the tokens are in the body, and one's own stay good",
    async run({ device, wire, sessions }) {
      const phone = await device({ user: STAFF.id, type: STAFF.type });
      const begun = await phone.send("POST", "/act");
      expect([begun.status, begun.headers.getSetCookie()]).toEqual([200, []]);
      const token = String(begun.json.tokens.accessToken.token);
      const headers = { Authorization: `Bearer ${token}` };
      expect((await wire.send("GET", "/guarded", { headers })).json.user).toEqual(CUSTOMER);
      const others = await wire.send("DELETE", "/account/sessions", { headers });
      expect([others.status, others.json.errorCode]).toEqual([403, "EC003"]);
      expect((await wire.send("POST", "/auth/stop-acting", { headers })).status).toBe(200);
      expect((await phone.send("GET", "/guarded")).json.user).toEqual(STAFF);
      expect((await sessions.list(CUSTOMER)).sessions).toEqual([]);
    },
  },
];

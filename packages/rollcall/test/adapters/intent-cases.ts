import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";
import { ORIGIN } from "./stage.js";
import type { Answer } from "./wire.js";

// What nobody may have meant: links that are followed ahead of time, sockets that another site opens,
// and the one request of another site that is meant.

const ADA = { type: "user", id: "ada" };
const FOREIGN = "https://idp.example";

const ours = (answer: Answer): string[] =>
  answer.headers.getSetCookie().filter((line) => line.startsWith("__Host-rollcall-"));

export const intentCases: readonly ContractCase[] = [
  ...overBothTransports(
    "a sign-out behind GET is the developer's mistake, and ends nothing",
    async ({ device, sessions }, transport) => {
      const laptop = await device({ transport });
      for (const [method, headers] of [
        ["GET", {}],
        ["HEAD", {}],
        ["GET", { "Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Site": "same-origin" }],
        ["GET", { Purpose: "prefetch" }],
        ["GET", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image" }],
      ] as const) {
        const answer = await laptop.send(method, "/sign-out", { headers });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(ours(answer)).toEqual([]);
      }
      expect((await sessions.list(ADA)).sessions).toHaveLength(1);
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  ),

  {
    name: "a sign-in behind GET is the developer's mistake, and begins nothing",
    async run({ wire, sessions }) {
      for (const method of ["GET", "HEAD"]) {
        const answer = await wire.send(method, "/sign-in");
        expect([answer.status, ours(answer)]).toEqual([500, []]);
      }
      expect((await sessions.list(ADA)).sessions).toEqual([]);
    },
  },

  {
    name: "a prefetch signs nobody in or out, by whatever method it comes",
    async run({ device, sessions, wire }) {
      const laptop = await device({ transport: "cookie" });
      const headers = { Origin: ORIGIN, "Sec-Purpose": "prefetch" };
      const out = await laptop.send("POST", "/sign-out", { headers });
      expect([out.status, out.json.errorCode]).toEqual([403, "EC007"]);
      const body = { user: "ada", transport: "cookie", csrf: "verified" };
      const login = await wire.send("POST", "/auth/login", { headers, body });
      expect([login.status, ours(login)]).toEqual([403, []]);
      expect((await sessions.list(ADA)).sessions).toHaveLength(1);
    },
  },

  {
    name: "a socket of another site is not opened with the visitor's cookies",
    async run({ device, clock, protocol }) {
      const laptop = await device({ transport: "cookie" });
      const socket: Record<string, string> =
        protocol === "h2"
          ? { "Sec-WebSocket-Version": "13" }
          : { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
      const open = (headers: Record<string, string>): Promise<Answer> =>
        laptop.send("GET", "/guarded", { headers: { ...socket, ...headers } });
      // Refused before anything is refreshed on behalf of that site.
      for (const passed of [0, 600_000]) {
        clock.advance(passed);
        for (const Origin of ["https://evil.example", "null"]) {
          const answer = await open({ Origin });
          expect([answer.status, answer.json.errorCode, ours(answer)]).toEqual([403, "EC007", []]);
        }
      }
      expect((await open({ Origin: ORIGIN })).status).toBe(200);
    },
  },

  {
    name: "the callback of an identity provider signs in, and nothing else is granted",
    async run({ wire }) {
      for (const origin of [{ Origin: FOREIGN }, { Origin: "null" }, {}]) {
        const headers = { ...origin, "Sec-Fetch-Site": "cross-site" };
        const body = { user: "ada", transport: "cookie" };
        const refused = await wire.send("POST", "/auth/login", { headers, body });
        expect([refused.status, refused.json.errorCode]).toEqual([403, "EC007"]);
        const proven = { ...body, csrf: "verified" };
        const answer = await wire.send("POST", "/auth/login", { headers, body: proven });
        expect([answer.status, ours(answer).length]).toEqual([200, 3]);
        // So that it comes with the next such POST; those that grant something never do.
        // Next writes it in small letters.
        const crossSite = ours(answer).filter((line) => /; SameSite=None/i.test(line));
        expect(crossSite).toEqual([expect.stringMatching(/^__Host-rollcall-device=/)]);
        expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      }
    },
  },

  {
    name: "cookies that come along with such a callback are not trusted",
    async run({ device, sessions }) {
      const laptop = await device({ transport: "cookie" });
      const headers = { Origin: FOREIGN, "Sec-Fetch-Site": "same-site" };
      // What they prove is neither replaced nor ended.
      const body = { user: "ada", transport: "cookie", csrf: "verified" };
      expect((await laptop.send("POST", "/auth/login", { headers, body })).status).toBe(200);
      expect((await sessions.list(ADA)).sessions).toHaveLength(2);
      const other = await laptop.send("POST", "/echo", { headers, body: {} });
      expect([other.status, other.json.errorCode]).toEqual([403, "EC007"]);
    },
  },

  {
    name: "CORS: applications with schemes of their own, and whatever headers their tracing adds",
    options: { origins: ["capacitor://localhost", "chrome-extension://abcdefghijklmnop"] },
    async run({ device, wire }) {
      const Origin = "capacitor://localhost";
      const asked = "authorization,content-type,sentry-trace,traceparent,x-request-id";
      const headers = {
        Origin,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": asked,
      };
      const preflight = await wire.send("OPTIONS", "/account/sessions/x", { headers });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-origin")).toBe(Origin);
      expect(preflight.headers.get("access-control-allow-headers")).toBe(asked);
      expect(preflight.headers.get("vary")).toContain("Origin");
      const laptop = await device({ transport: "cookie" });
      const foreign = { Origin, "Sec-Fetch-Site": "cross-site" };
      const answer = await laptop.send("DELETE", "/account/sessions", { headers: foreign });
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([
        200,
        Origin,
      ]);
      for (const other of ["capacitor://localhost.evil", "CAPACITOR://localhost", "null"]) {
        const refused = await laptop.send("DELETE", "/account/sessions", {
          headers: { ...foreign, Origin: other },
        });
        expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([
          403,
          null,
        ]);
      }
    },
  },
];

import type { TokenPair } from "rollcall";
import { expect } from "vitest";
import type { ContractCase } from "./contract-case.js";
import { ORIGIN, type Stage } from "./stage.js";
import type { Answer } from "./wire.js";

// Where the routes are, how else they may be called, and from where.

const FRIEND = "https://friend.example";

async function expectNoServerError(
  { wire, device }: Stage,
  paths: readonly string[],
): Promise<void> {
  const laptop = await device();
  for (const path of paths) {
    for (const method of ["GET", "DELETE"]) {
      expect((await wire.send(method, path)).status, path).toBeLessThan(500);
      expect((await laptop.send(method, path)).status, path).toBeLessThan(500);
    }
  }
}

export const mountingCases: readonly ContractCase[] = [
  {
    name: "a slash at the end is the same route",
    async run({ device }) {
      const laptop = await device();
      const listed = await laptop.send("GET", "/account/sessions/");
      expect([listed.status, listed.json?.sessions.length]).toEqual([200, 1]);
      const path = `/account/sessions/${laptop.sessionId}/`;
      expect((await laptop.send("PATCH", path, { body: { name: "x" } })).status).toBe(200);
      expect((await laptop.send("POST", "/auth/logout/")).status).toBe(200);
    },
  },

  {
    name: "an id that is missing by mistake ends nothing",
    async run({ device }) {
      const laptop = await device();
      const phone = await device();
      const answer = await laptop.send("DELETE", "/account/sessions/");
      expect([answer.status, answer.json]).toEqual([404, { error: "Session not found" }]);
      expect((await phone.send("GET", "/guarded")).status).toBe(200);
    },
  },

  {
    name: "HEAD is GET without a body, also for the stream",
    async run({ device, wire }) {
      const laptop = await device();
      for (const path of ["/account/sessions", "/account/sessions/events", "/guarded"]) {
        for (let i = 0; i < 25; i++) {
          const answer = await laptop.send("HEAD", path);
          expect([answer.status, answer.text], path).toEqual([200, ""]);
        }
        expect((await wire.send("HEAD", path)).status).toBe(401);
      }
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  },

  {
    name: "OPTIONS says what a route allows",
    async run({ wire }) {
      for (const [path, allow] of [
        ["/account/sessions", "DELETE, GET, HEAD, OPTIONS"],
        ["/account/sessions/x", "PATCH, DELETE, OPTIONS"],
        ["/auth/refresh", "POST, OPTIONS"],
      ] as const) {
        const answer = await wire.send("OPTIONS", path);
        expect([answer.status, answer.headers.get("allow")], path).toEqual([204, allow]);
      }
    },
  },

  {
    name: "CORS: for the origins that are named, and for no other",
    options: { origins: [FRIEND] },
    async run({ wire, device }) {
      const preflight = { "Access-Control-Request-Method": "DELETE" };
      const asked = await wire.send("OPTIONS", "/account/sessions", {
        headers: { Origin: FRIEND, ...preflight },
      });
      expect(asked.status).toBe(204);
      expect(asked.headers.get("access-control-allow-origin")).toBe(FRIEND);
      expect(asked.headers.get("access-control-allow-credentials")).toBe("true");
      expect(asked.headers.get("access-control-allow-methods")).toContain("DELETE");
      const evil = await wire.send("OPTIONS", "/account/sessions", {
        headers: { Origin: "https://evil.example", ...preflight },
      });
      expect(evil.headers.get("access-control-allow-origin")).toBeNull();
      const laptop = await device({ transport: "cookie" });
      const from = { headers: { Origin: FRIEND } };
      const listed = await laptop.send("GET", "/account/sessions", from);
      expect(listed.headers.get("access-control-allow-origin")).toBe(FRIEND);
      expect((await laptop.send("DELETE", "/account/sessions", from)).status).toBe(200);
    },
  },

  {
    name: "paths that nobody would type are no server error",
    run: (stage) =>
      expectNoServerError(stage, [
        "/account/sessions/..%2f..%2fx",
        "/account//sessions",
        "/account/sessions?limit=1&limit=2",
        "/account/sessions/x?%ff",
      ]),
  },

  {
    name: "a path that does not decode is no server error",
    run: (stage) =>
      expectNoServerError(stage, ["/account/sessions/%ff", "/account/sessions/%E0%A4%A"]),
  },

  {
    name: "mounted under a prefix",
    options: { prefix: "/api" },
    async run({ device, wire }) {
      const laptop = await device();
      const listed = await laptop.send("GET", "/api/account/sessions");
      expect([listed.status, listed.json?.sessions.length]).toEqual([200, 1]);
      const body = { refreshToken: laptop.tokens().refresh };
      expect((await wire.send("POST", "/api/auth/refresh", { body })).status).toBe(200);
      expect((await laptop.send("GET", "/account/sessions")).status).toBe(404);
      const path = `/api/account/sessions/${laptop.sessionId}`;
      expect((await laptop.send("DELETE", path)).status).toBe(200);
    },
  },

  {
    name: "the socket's address is the client's, whatever a header claims",
    async run({ device }) {
      const headers = { "X-Forwarded-For": "203.0.113.7", Forwarded: "for=203.0.113.7" };
      const laptop = await device({ headers });
      const listed = await laptop.send("GET", "/account/sessions");
      expect(listed.json.sessions[0].lastIp).toBe("127.0.0.1");
      expect(listed.json.sessions[0].deviceInfo.ip).toBe("127.0.0.1");
    },
  },

  {
    name: "the socket's address follows a session that moves, by each way to refresh it",
    async run({ sessions, clock, wire }) {
      const moved = async (how: (tokens: TokenPair) => Promise<Answer>): Promise<unknown> => {
        const ada = { type: "user", id: "ada" };
        const { session, tokens } = await sessions.start(ada, { device: { ip: "192.0.2.9" } });
        expect(session.lastIp).toBe("192.0.2.9");
        clock.advance(600_000);
        expect((await how(tokens)).status).toBe(200);
        return (await sessions.get(ada, session.id))?.lastIp;
      };
      const byBody = await moved(({ refreshToken }) =>
        wire.send("POST", "/auth/refresh", { body: { refreshToken: refreshToken.token } }),
      );
      expect(byBody).toBe("127.0.0.1");
      for (const path of ["/account/sessions", "/guarded"]) {
        const inPassing = await moved(({ refreshToken }) =>
          wire.send("GET", path, {
            headers: { Cookie: `__Host-rollcall-rt=${refreshToken.token}` },
          }),
        );
        expect(inPassing, path).toBe("127.0.0.1");
      }
    },
  },

  {
    name: "behind one trusted proxy: the entry it wrote, and nothing further left",
    options: { proxies: 1 },
    async run({ device, clock, wire }) {
      const headers = { "X-Forwarded-For": "10.9.9.9, 203.0.113.7" };
      const laptop = await device({ headers });
      const listed = await laptop.send("GET", "/account/sessions");
      expect(listed.json.sessions[0].deviceInfo.ip).toBe("203.0.113.7");
      expect(listed.json.sessions[0].lastIp).toBe("203.0.113.7");
      clock.advance(60_000);
      await wire.send("POST", "/auth/refresh", {
        headers: { "X-Forwarded-For": "10.9.9.9, 2001:db8::1" },
        body: { refreshToken: laptop.tokens().refresh },
      });
      const after = await laptop.send("GET", "/account/sessions");
      expect(after.json.sessions[0].lastIp).toBe("2001:db8::1");
    },
  },

  {
    name: "behind one trusted proxy: ports, brackets and zones are no part of an address",
    options: { proxies: 1 },
    async run({ device }) {
      for (const [entry, address] of [
        ["203.0.113.7:51234", "203.0.113.7"],
        ["[2001:db8::7]:443", "2001:db8::7"],
        ["fe80::1%eth0", "fe80::1"],
        ["::ffff:c000:0201", "192.0.2.1"],
        ["10.9.9.9,\t203.0.113.7", "203.0.113.7"],
      ] as const) {
        const laptop = await device({ headers: { "X-Forwarded-For": entry } });
        const listed = await laptop.send("GET", "/account/sessions");
        expect(listed.json.sessions[0].lastIp, entry).toBe(address);
        expect(listed.json.sessions[0].deviceInfo.ip, entry).toBe(address);
      }
    },
  },

  {
    name: "behind one trusted proxy: an entry that is no address is nobody's, the proxy's neither",
    options: { proxies: 1 },
    async run({ device, clock, wire }) {
      for (const entry of ["garbage", "unknown", "203.0.113.7:x", "10.9.9.9,\u00a0203.0.113.7"]) {
        const headers = { "X-Forwarded-For": entry };
        const laptop = await device({ headers });
        const listed = await laptop.send("GET", "/account/sessions");
        expect(listed.json.sessions[0].lastIp, entry).toBeNull();
        expect(listed.json.sessions[0].deviceInfo, entry).not.toHaveProperty("ip");
        clock.advance(60_000);
        const body = { refreshToken: laptop.tokens().refresh };
        expect((await wire.send("POST", "/auth/refresh", { headers, body })).status).toBe(200);
        const after = await laptop.send("GET", "/account/sessions");
        expect(after.json.sessions[0].lastIp, entry).toBeNull();
      }
    },
  },

  {
    name: "behind one trusted proxy: of several lines the last entry counts",
    options: { proxies: 1 },
    async run({ device }) {
      const laptop = await device({ headers: { "X-Forwarded-For": ["10.9.9.9", "203.0.113.7"] } });
      const listed = await laptop.send("GET", "/account/sessions");
      expect(listed.json.sessions[0].lastIp).toBe("203.0.113.7");
    },
  },

  {
    name: "behind one trusted proxy: an address met in passing, on a guarded route",
    options: { proxies: 1 },
    async run({ device, clock }) {
      const headers = { "X-Forwarded-For": "203.0.113.7" };
      const laptop = await device({ transport: "cookie", headers });
      clock.advance(600_000);
      await laptop.send("GET", "/guarded", {
        headers: { "X-Forwarded-For": "203.0.113.8", Origin: ORIGIN },
      });
      const listed = await laptop.send("GET", "/account/sessions");
      expect(listed.json.sessions[0].lastIp).toBe("203.0.113.8");
    },
  },
];

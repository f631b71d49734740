import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";
import { ORIGIN } from "./stage.js";
import type { Answer } from "./wire.js";

// What is refused, and that clients can tell by what they get (contract §1.12).

const PROTECTED = [
  ["GET", "/account/sessions"],
  ["DELETE", "/account/sessions"],
  ["DELETE", "/account/sessions/x"],
  ["PATCH", "/account/sessions/x"],
  ["GET", "/account/sessions/events"],
  ["POST", "/account/logout-everywhere"],
  ["GET", "/guarded"],
  ["GET", "/admins"],
  ["POST", "/echo"],
] as const;

function expectRefusal(
  answer: Answer,
  status: number,
  errorCode: string,
  sessionEnded?: object,
): void {
  const body = { error: expect.any(String), errorCode };
  expect([answer.status, answer.json], answer.text).toEqual([
    status,
    sessionEnded === undefined ? body : { ...body, sessionEnded },
  ]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const challenge = { EC001: "Bearer", EC002: 'Bearer error="invalid_token"' }[errorCode] ?? null;
  expect(answer.headers.get("www-authenticate")).toBe(challenge);
  const waits = status === 429 || status === 503;
  expect(/^[1-9]\d*$/.test(answer.headers.get("retry-after") ?? "")).toBe(waits);
}

export const refusalCases: readonly ContractCase[] = [
  {
    name: "401 EC001 without a credential, EC002 with a bad one",
    async run({ wire }) {
      for (const [method, path] of PROTECTED) {
        expectRefusal(await wire.send(method, path), 401, "EC001");
        for (const Authorization of ["Bearer x.y.z", "Bearer", "Basic YTpi"]) {
          const headers = { Authorization };
          expectRefusal(await wire.send(method, path, { headers }), 401, "EC002");
        }
      }
      expectRefusal(await wire.send("POST", "/auth/logout"), 401, "EC001");
    },
  },

  ...overBothTransports(
    "guard: who calls, on a route of the application's",
    async (stage, transport) => {
      const laptop = await stage.device({ transport });
      const answer = await laptop.send("GET", "/guarded");
      expect([answer.status, answer.json]).toEqual([
        200,
        { user: { type: "user", id: "ada" }, sessionId: laptop.sessionId },
      ]);
      // A check in passing changes nothing of the application's answer.
      expect(answer.headers.get("cache-control")).toBe("public, max-age=60");
      expect(answer.headers.getSetCookie()).toEqual(["theme=dark; Path=/"]);
    },
  ),

  ...overBothTransports(
    "a SessionError that a handler throws is answered as Rollcall's are",
    async (stage, transport) => {
      const laptop = await stage.device({ transport });
      const answer = await laptop.send("GET", "/refuses");
      expectRefusal(answer, 403, "EC006");
      // What the handler had said of the body that it did not send.
      for (const name of ["content-encoding", "etag", "last-modified"]) {
        expect(answer.headers.get(name), name).toBeNull();
      }
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  ),

  ...overBothTransports("guard: 403 EC003 for another user type", async (stage, transport) => {
    const user = await stage.device({ transport });
    expectRefusal(await user.send("GET", "/admins"), 403, "EC003");
    const admin = await stage.device({ transport, type: "admin" });
    const answer = await admin.send("GET", "/admins");
    expect([answer.status, answer.json]).toEqual([200, { user: { type: "admin", id: "ada" } }]);
  }),

  ...overBothTransports(
    "guard: an ended session is EC002, and its holder is told how it ended",
    async (stage, transport) => {
      const user = { type: "user", id: "ada" };
      const laptop = await stage.device({ transport });
      const at = new Date(stage.clock.now()).toISOString();
      const tokens = laptop.tokens();
      await stage.sessions.revoke(user, laptop.sessionId, { actor: { kind: "user" } });
      const sessionEnded = { reason: "revoked", by: "user", at };
      expectRefusal(await laptop.send("GET", "/guarded"), 401, "EC002", sessionEnded);
      const body = { refreshToken: tokens.refresh };
      const refreshed = await stage.wire.send("POST", "/auth/refresh", { body });
      expectRefusal(refreshed, 401, "EC002", sessionEnded);
      // Nobody else is: a token that is not genuine, whatever it names.
      const forged = { Authorization: `Bearer ${tokens.access.slice(0, -3)}AAA` };
      const answer = await stage.wire.send("GET", "/guarded", { headers: forged });
      expectRefusal(answer, 401, "EC002");
    },
  ),

  ...overBothTransports(
    "guard: a session that nobody has used for too long is EC002",
    async (stage, transport) => {
      const phone = await stage.device({ transport });
      stage.clock.advance(8 * 24 * 3_600_000);
      // An access token does not know: it has run out long before.
      const expired = { reason: "expired", by: "system", at: expect.any(String) };
      const sessionEnded = transport === "cookie" ? expired : undefined;
      expectRefusal(await phone.send("GET", "/guarded"), 401, "EC002", sessionEnded);
    },
  ),

  {
    name: "403 EC007 for what another site may have sent, and nothing has happened",
    async run({ device, sessions, wire }) {
      const laptop = await device({ transport: "cookie" });
      for (const headers of [
        { Origin: "https://evil.example" },
        { Origin: "null" },
        { Origin: "", "Sec-Fetch-Site": "cross-site" },
        { Origin: "https://evil.example", "Sec-Fetch-Site": "same-site" },
      ]) {
        for (const [method, path] of [
          ["DELETE", "/account/sessions?scope=all"],
          ["DELETE", `/account/sessions/${laptop.sessionId}`],
          ["POST", "/account/logout-everywhere"],
          ["POST", "/auth/refresh"],
          ["POST", "/auth/logout"],
          ["POST", "/echo"],
        ] as const) {
          expectRefusal(await laptop.send(method, path, { headers }), 403, "EC007");
        }
        // Nor may it sign its visitor in as somebody else.
        const body = { user: "mallory", transport: "cookie" };
        expectRefusal(await wire.send("POST", "/auth/login", { headers, body }), 403, "EC007");
      }
      const { sessions: left } = await sessions.list({ type: "user", id: "ada" });
      expect(left).toHaveLength(1);
      const same = { Origin: "", "Sec-Fetch-Site": "same-origin" };
      expect((await laptop.send("POST", "/auth/refresh", { headers: same })).status).toBe(200);
    },
  },

  ...overBothTransports(
    "409 EC009 for a sign-in beyond the limit, which no waiting lifts",
    async (stage, transport) => {
      stage.limit.max = 2;
      const laptop = await stage.device({ transport });
      await stage.device({ transport });
      const login = { headers: { Origin: ORIGIN }, body: { user: "ada", transport } };
      const refused = await stage.wire.send("POST", "/auth/login", login);
      expectRefusal(refused, 409, "EC009");
      expect(refused.headers.getSetCookie()).toEqual([]);
      expect(stage.failures).toEqual([]);
      await laptop.send("DELETE", "/account/sessions");
      expect((await stage.wire.send("POST", "/auth/login", login)).status).toBe(200);
    },
  ),

  {
    name: "400 EC008 that a handler without a guard throws",
    async run({ wire, failures }) {
      expectRefusal(await wire.send("POST", "/auth/login", { body: {} }), 400, "EC008");
      expect(failures).toEqual([]);
    },
  },

  {
    name: "429 EC004 beyond 20 streams of a session",
    async run({ device }) {
      const laptop = await device();
      const streams = [];
      for (let i = 0; i < 20; i++) {
        streams.push(await laptop.open("GET", "/account/sessions/events"));
      }
      expectRefusal(await laptop.send("GET", "/account/sessions/events"), 429, "EC004");
      for (const stream of streams) stream.abort();
    },
  },

  ...overBothTransports(
    "503 EC005 while the database is away, and cookies stay",
    async (stage, transport) => {
      const laptop = await stage.device({ transport });
      const body = transport === "bearer" ? { refreshToken: laptop.tokens().refresh } : {};
      stage.store.away = true;
      // Further than a process may trust its memory.
      stage.clock.advance(10_000);
      for (const [method, path] of PROTECTED) {
        const answer = await laptop.send(method, path);
        expectRefusal(answer, 503, "EC005");
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
      expectRefusal(await laptop.send("POST", "/auth/refresh", { body }), 503, "EC005");
      const login = { body: { user: "ada" } };
      expectRefusal(await stage.wire.send("POST", "/auth/login", login), 503, "EC005");
      stage.store.away = false;
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  ),

  {
    name: "405 with Allow for a method that a route does not have",
    async run({ device }) {
      const laptop = await device();
      for (const [method, path, allow] of [
        ["PUT", "/account/sessions", "DELETE, GET, HEAD, OPTIONS"],
        ["POST", "/account/sessions/x", "PATCH, DELETE, OPTIONS"],
        ["GET", "/auth/refresh", "POST, OPTIONS"],
      ] as const) {
        const answer = await laptop.send(method, path);
        expect([answer.status, answer.headers.get("allow")], path).toEqual([405, allow]);
        expect(answer.headers.get("cache-control")).toBe("no-store");
      }
    },
  },

  {
    name: "methods that are seldom met are refused, and nothing is made of them",
    async run({ device, failures }) {
      const laptop = await device();
      for (const method of ["TRACE", "PROPFIND"]) {
        const answer = await laptop.send(method, "/account/sessions");
        expect([400, 404, 405, 501], `${method}: ${answer.text}`).toContain(answer.status);
      }
      expect(failures).toEqual([]);
      expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    },
  },

  {
    name: "a path of nobody's is the framework's 404",
    async run({ wire, device }) {
      const laptop = await device();
      for (const path of ["/nowhere", "/accounts/sessions", "/guarded/x"]) {
        for (const answer of [await wire.send("GET", path), await laptop.send("GET", path)]) {
          expect(answer.status).toBe(404);
          expect(answer.text).not.toBe('{"error":"Not found"}');
        }
      }
    },
  },

  {
    name: "an error of the application's goes the framework's way, and the server lives on",
    async run({ wire, failures, device }) {
      const laptop = await device({ transport: "cookie" });
      for (const path of ["/throws", "/rejects"]) {
        expect((await wire.send("GET", path)).status).toBe(500);
        expect((await laptop.send("GET", path)).status).toBe(500);
      }
      expect(failures).toEqual([]);
      expect((await wire.send("GET", "/open")).json).toEqual({ open: true });
    },
  },
];

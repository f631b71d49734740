import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";
import type { Device, Stage, Transport } from "./stage.js";
import type { Answer } from "./wire.js";

// CONTRACT 1, route by route, as the owner of several devices meets it.

const CLEARED = [
  "__Host-rollcall-at=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax",
  "__Host-rollcall-rt=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax",
];
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const idsOf = (answer: Answer): string[] =>
  answer.json.sessions.map(({ id }: { id: string }) => id);

/** The end of one's own session takes the cookies along; nobody else's does. */
function expectCleared(answer: Answer, transport: Transport): void {
  expect(answer.headers.getSetCookie()).toEqual(transport === "cookie" ? CLEARED : []);
}

async function expectSignedOut(...devices: readonly Device[]): Promise<void> {
  for (const device of devices) {
    // A device whose cookies were cleared has nothing left to show.
    const code = device.tokens().access === "" ? "EC001" : "EC002";
    const answer = await device.send("GET", "/guarded");
    expect([answer.status, answer.json.errorCode]).toEqual([401, code]);
  }
}

async function twoDevices(stage: Stage, transport: Transport): Promise<[Device, Device]> {
  return [await stage.device({ transport }), await stage.device({ transport })];
}

export const sessionCases: readonly ContractCase[] = [
  ...overBothTransports(
    "list: one's own sessions and no others, newest first",
    async (stage, transport) => {
      const [laptop, phone] = await twoDevices(stage, transport);
      await stage.device({ user: "grace" });
      await stage.device({ type: "admin" });
      const answer = await laptop.send("GET", "/account/sessions");
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("content-type")).toMatch(/^application\/json\b/);
      expect(idsOf(answer)).toEqual([phone.sessionId, laptop.sessionId]);
      const [, mine] = answer.json.sessions;
      expect(mine).toEqual({
        id: laptop.sessionId,
        deviceInfo: expect.any(Object),
        createdAt: expect.stringMatching(ISO),
        expiresAt: expect.stringMatching(ISO),
        lastUsedAt: expect.stringMatching(ISO),
        lastIp: mine.lastIp,
        current: true,
        name: null,
        device: { browser: null, os: null, type: "unknown" },
      });
      for (const device of [laptop, phone]) {
        for (const token of Object.values(device.tokens()))
          expect(answer.text).not.toContain(token);
      }
    },
  ),

  ...overBothTransports("list: in pages, of up to 100", async (stage, transport) => {
    const [laptop, phone] = await twoDevices(stage, transport);
    const first = await laptop.send("GET", "/account/sessions?limit=1");
    expect(idsOf(first)).toEqual([phone.sessionId]);
    const cursor = encodeURIComponent(first.json.nextCursor);
    const second = await laptop.send("GET", `/account/sessions?limit=1&cursor=${cursor}`);
    expect(idsOf(second)).toEqual([laptop.sessionId]);
    expect(second.json).not.toHaveProperty("nextCursor");
    for (const query of ["limit=0", "limit=101", "limit=x", "cursor=x"]) {
      const bad = await laptop.send("GET", `/account/sessions?${query}`);
      expect([bad.status, bad.json.errorCode], query).toEqual([400, "EC008"]);
    }
  }),

  ...overBothTransports("revoke one: it is refused at once", async (stage, transport) => {
    const [laptop, phone] = await twoDevices(stage, transport);
    const answer = await laptop.send("DELETE", `/account/sessions/${phone.sessionId}`);
    expect([answer.status, answer.json]).toEqual([200, { message: "Session revoked" }]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    await expectSignedOut(phone);
    expect((await laptop.send("GET", "/guarded")).status).toBe(200);
    const again = await laptop.send("DELETE", `/account/sessions/${phone.sessionId}`);
    expect(again.status).toBe(200);
  }),

  ...overBothTransports(
    "revoke one: what is not one's own is not found",
    async (stage, transport) => {
      const laptop = await stage.device({ transport });
      const grace = await stage.device({ user: "grace" });
      const admin = await stage.device({ type: "admin" });
      const unknown = "00000000-0000-4000-8000-000000000000";
      for (const id of [grace.sessionId, admin.sessionId, unknown, "x", "a%2Fb", "%00"]) {
        const answer = await laptop.send("DELETE", `/account/sessions/${id}`);
        expect([answer.status, answer.json], id).toEqual([404, { error: "Session not found" }]);
      }
      expect((await grace.send("GET", "/guarded")).status).toBe(200);
    },
  ),

  ...overBothTransports("revoke one: one's own clears the cookies", async (stage, transport) => {
    const laptop = await stage.device({ transport });
    const answer = await laptop.send("DELETE", `/account/sessions/${laptop.sessionId}`);
    expect([answer.status, answer.json]).toEqual([200, { message: "Session revoked" }]);
    expectCleared(answer, transport);
    await expectSignedOut(laptop);
  }),

  ...overBothTransports("revoke others: all but the caller's", async (stage, transport) => {
    const [laptop, phone] = await twoDevices(stage, transport);
    const tablet = await stage.device();
    const answer = await laptop.send("DELETE", "/account/sessions");
    expect([answer.status, answer.json]).toEqual([
      200,
      { message: "Other sessions revoked", revoked: 2 },
    ]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    await expectSignedOut(phone, tablet);
    expect(idsOf(await laptop.send("GET", "/account/sessions"))).toEqual([laptop.sessionId]);
  }),

  ...overBothTransports(
    "revoke all: with ?scope=all the caller's too",
    async (stage, transport) => {
      const [laptop, phone] = await twoDevices(stage, transport);
      const answer = await laptop.send("DELETE", "/account/sessions?scope=all");
      expect([answer.status, answer.json.revoked]).toEqual([200, 2]);
      expectCleared(answer, transport);
      await expectSignedOut(laptop, phone);
    },
  ),

  ...overBothTransports("logout everywhere", async (stage, transport) => {
    const [laptop, phone] = await twoDevices(stage, transport);
    const answer = await laptop.send("POST", "/account/logout-everywhere");
    expect([answer.status, answer.json]).toEqual([
      200,
      { message: "Logged out from every device" },
    ]);
    expectCleared(answer, transport);
    await expectSignedOut(laptop, phone);
  }),

  ...overBothTransports("rename, and clear the name again", async (stage, transport) => {
    const [laptop, phone] = await twoDevices(stage, transport);
    const path = `/account/sessions/${phone.sessionId}`;
    const named = await laptop.send("PATCH", path, { body: { name: " Kitchen iPad " } });
    expect([named.status, named.json.session.name, named.json.session.current]).toEqual([
      200,
      "Kitchen iPad",
      false,
    ]);
    const cleared = await laptop.send("PATCH", path, { body: { name: null } });
    expect([cleared.status, cleared.json.session.name]).toEqual([200, null]);
    for (const body of [{ name: "" }, { name: "x".repeat(65) }, { name: 1 }, {}, []]) {
      const bad = await laptop.send("PATCH", path, { body });
      expect([bad.status, bad.json.errorCode], JSON.stringify(body)).toEqual([400, "EC008"]);
    }
  }),

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
      for (const refreshToken of [refresh, access, "", "x", 1, null]) {
        const answer = await stage.wire.send("POST", "/auth/refresh", { body: { refreshToken } });
        expect([answer.status, answer.json]).toEqual([
          401,
          { error: "Invalid refresh token", errorCode: "EC002" },
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

  ...overBothTransports(
    "events: told of changes, and ended with the session",
    async (stage, transport) => {
      const [laptop, phone] = await twoDevices(stage, transport);
      const events = await laptop.open("GET", "/account/sessions/events");
      expect(events.status).toBe(200);
      expect(events.headers.get("content-type")).toMatch(/^text\/event-stream\b/);
      expect(events.headers.get("cache-control")).toBe("no-store");
      const path = `/account/sessions/${phone.sessionId}`;
      await phone.send("PATCH", path, { body: { name: "phone" } });
      let text = "";
      const chunks = events.body[Symbol.asyncIterator]();
      const until = async (part: string): Promise<void> => {
        while (!text.includes(part)) {
          const { done, value } = await chunks.next();
          if (done) expect.unreachable(`ended before ${part}: ${text}`);
          text += String(value);
        }
      };
      await until("event: sessions\n");
      await phone.send("DELETE", `/account/sessions/${laptop.sessionId}`);
      await until("event: revoked\ndata: ");
      expect(text).toContain('"reason":"revoked"');
      for (;;) if ((await chunks.next()).done) break;
    },
  ),
];

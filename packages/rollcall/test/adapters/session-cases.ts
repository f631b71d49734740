import { expect } from "vitest";
import { type ContractCase, overBothTransports } from "./contract-case.js";
import { expectCleared, expectSignedOut, twoDevices } from "./sign-outs.js";
import type { Answer } from "./wire.js";

// Contract §1.3 to §1.8, route by route, as the owner of several devices meets it.

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const idsOf = (answer: Answer): string[] =>
  answer.json.sessions.map(({ id }: { id: string }) => id);

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
        kind: null,
        authenticatedAt: expect.stringMatching(ISO),
        methods: [],
        level: null,
        deviceId: transport === "cookie" ? expect.stringMatching(/^[\da-f-]{36}$/) : null,
        actor: null,
        scopes: null,
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

  ...overBothTransports(
    "events: told of changes, and ended with the session",
    async (stage, transport) => {
      const [laptop, phone] = await twoDevices(stage, transport);
      const events = await laptop.open("GET", "/account/sessions/events");
      expect(events.status).toBe(200);
      expect(events.headers.get("content-type")).toMatch(/^text\/event-stream\b/);
      // Nobody on the way may keep events back.
      expect(events.headers.get("cache-control")).toBe("no-store, no-transform");
      expect(events.headers.get("x-accel-buffering")).toBe("no");
      const path = `/account/sessions/${phone.sessionId}`;
      const named = await phone.send("PATCH", path, { body: { name: "phone" } });
      expect(named.status).toBe(200);
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

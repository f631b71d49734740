import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { testContract } from "./contract.js";
import type { HarnessOptions } from "./harness.js";
import { formOf } from "./next-form.js";
import { openNextApp } from "./next-harness.js";
import { ORIGIN, onStage, type Stage } from "./stage.js";
import type { Answer } from "./wire.js";

// Against a real application, built for production: see next-app.
const app = await openNextApp();
afterAll(() => app.close());
beforeEach(() => {
  // Next says there what applications throw, which is what these tests make them do.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

testContract(app.harness);

const TEN_MINUTES = 600_000;
const USER = { type: "user", id: "ada" };

const staged = (
  run: (stage: Stage) => Promise<void>,
  options: Partial<HarnessOptions> = {},
): (() => Promise<void>) => {
  return () => onStage(app.harness, { protocol: "http/1.1", ...options }, run);
};

test(
  "session: who calls, in a page that no proxy has seen",
  staged(async ({ device, wire, sessions }) => {
    const laptop = await device({ transport: "cookie" });
    expect((await laptop.send("GET", "/plain-page")).text).toContain("<p>ada</p>");
    expect((await wire.send("GET", "/plain-page")).text).toContain("<p>nobody</p>");
    await sessions.revoke(USER, laptop.sessionId);
    expect((await laptop.send("GET", "/plain-page")).text).toContain("<p>nobody</p>");
  }),
);

test(
  "session never rotates: a page proves by the refresh cookie, as often as it is asked for",
  staged(async ({ device, clock, sessions }) => {
    const laptop = await device({ transport: "cookie" });
    clock.advance(TEN_MINUTES);
    for (let i = 0; i < 3; i++) {
      const page = await laptop.send("GET", "/plain-page");
      expect([page.status, page.headers.getSetCookie()]).toEqual([200, []]);
      expect(page.text).toContain("<p>ada</p>");
      clock.advance(3_600_000);
    }
    const proven = await sessions.verifyRefreshToken(laptop.tokens().refresh);
    expect(proven.generation).toBe(1);
  }),
);

test(
  "session is a use: whoever only views pages that no proxy has seen stays signed in",
  staged(async ({ device, clock, sessions }) => {
    const laptop = await device({ transport: "cookie" });
    // Beyond the idle deadline of seven days, and up to the absolute limit of thirty.
    for (let day = 2; day < 30; day += 2) {
      clock.advance(2 * 24 * 3_600_000);
      expect((await laptop.send("GET", "/plain-page")).text).toContain("<p>ada</p>");
      // What it noted is written.
      await expect
        .poll(async () => (await sessions.get(USER, laptop.sessionId))?.lastUsedAt.getTime())
        .toBeGreaterThan(clock.now() - 120_000);
    }
    clock.advance(2 * 24 * 3_600_000);
    expect((await laptop.send("GET", "/plain-page")).text).toContain("<p>nobody</p>");
  }),
);

test(
  "session acts on a superseded cookie: nobody on the page, and the session is over",
  staged(async ({ device, clock, sessions }) => {
    const laptop = await device({ transport: "cookie" });
    let copied = laptop.tokens().refresh;
    for (let i = 0; i < 2; i++) {
      copied = (await sessions.refresh(copied)).tokens.refreshToken.token;
    }
    clock.advance(TEN_MINUTES);
    expect((await laptop.send("GET", "/plain-page")).text).toContain("nobody");
    await expect(sessions.refresh(copied)).rejects.toMatchObject({ reason: "revoked" });
  }),
);

test(
  "session throws while the database is away: nobody is told that they are signed out",
  staged(async ({ device, clock, store }) => {
    const laptop = await device({ transport: "cookie" });
    store.away = true;
    clock.advance(10_000);
    const page = await laptop.send("GET", "/plain-page");
    expect(page.status).toBe(500);
    expect(page.text).not.toContain("nobody");
  }),
);

test(
  "session takes no cookie out of another one's value",
  staged(async ({ device, wire }) => {
    const { access } = (await device({ transport: "cookie" })).tokens();
    const ask = async (Cookie: string): Promise<string> =>
      (await wire.send("GET", "/plain-page", { headers: { Cookie } })).text;
    expect(await ask(`__Host-rollcall-at=${access}`)).toContain("<p>ada</p>");
    expect(await ask(`x=y%3B%20__Host-rollcall-at%3D${access}`)).toContain("<p>nobody</p>");
  }),
);

test(
  "session is null for other user types",
  staged(async ({ device }) => {
    const user = await device({ transport: "cookie" });
    expect((await user.send("GET", "/admin-page")).text).toContain("<p>nobody</p>");
    const admin = await device({ transport: "cookie", type: "admin" });
    expect((await admin.send("GET", "/admin-page")).text).toContain("<p>ada</p>");
  }),
);

test(
  "proxy: refreshes in passing before a page, sends nobody away, and asks for a database",
  staged(async ({ device, clock, wire, store }) => {
    const laptop = await device({ transport: "cookie" });
    const fresh = await laptop.send("GET", "/page");
    expect([fresh.status, fresh.headers.getSetCookie()]).toEqual([200, []]);
    clock.advance(TEN_MINUTES);
    const page = await laptop.send("GET", "/page");
    expect([page.status, page.headers.getSetCookie().length]).toEqual([200, 2]);
    expect(page.headers.get("cache-control")).toContain("no-store");
    expect(page.text).toContain("<p>ada</p>");
    const stranger = await wire.send("GET", "/page");
    expect([stranger.status, stranger.headers.get("location")]).toEqual([307, "/open"]);
    store.away = true;
    clock.advance(10_000);
    const away = await laptop.send("GET", "/page");
    expect([away.status, away.json.errorCode]).toEqual([503, "EC005"]);
  }),
);

test(
  "proxy: a dead session's cookies go with the redirect",
  staged(async ({ device, sessions }) => {
    const laptop = await device({ transport: "cookie" });
    await sessions.revoke(USER, laptop.sessionId);
    const page = await laptop.send("GET", "/page");
    expect(page.status).toBe(307);
    expect(page.headers.getSetCookie()).toHaveLength(2);
    expect(laptop.tokens()).toEqual({ access: "", refresh: "" });
  }),
);

test(
  "proxy: Rollcall's own routes pass by it, so that a logout with an expired access cookie clears",
  staged(async ({ device, clock, sessions }) => {
    const laptop = await device({ transport: "cookie" });
    clock.advance(TEN_MINUTES);
    const answer = await laptop.send("POST", "/auth/logout");
    expect([answer.status, answer.headers.getSetCookie().length]).toEqual([200, 2]);
    expect(laptop.tokens()).toEqual({ access: "", refresh: "" });
    expect((await sessions.list(USER)).sessions).toEqual([]);
  }),
);

test(
  "redirect() behind a guard takes the refreshed cookies along",
  staged(async ({ device, clock }) => {
    const laptop = await device({ transport: "cookie" });
    clock.advance(TEN_MINUTES);
    const before = laptop.tokens().refresh;
    const answer = await laptop.send("GET", "/leave");
    expect([answer.status, answer.headers.get("location")]).toEqual([307, "/open"]);
    expect(laptop.tokens().refresh).not.toBe(before);
    expect((await laptop.send("GET", "/guarded")).headers.getSetCookie()).toHaveLength(1);
  }),
);

test(
  "a sign-in with an expired access cookie, through the proxy: the new session's cookies win",
  staged(async ({ device, clock, sessions }) => {
    const laptop = await device({ transport: "cookie" });
    clock.advance(TEN_MINUTES);
    const body = { user: "ada", transport: "cookie" };
    expect((await laptop.send("POST", "/auth/login", { body })).status).toBe(200);
    const me = await laptop.send("GET", "/guarded");
    expect(me.status).toBe(200);
    expect(me.json.sessionId).not.toBe(laptop.sessionId);
    expect((await sessions.list(USER)).sessions).toHaveLength(1);
  }),
);

test(
  "a sign-in behind a guard that has refreshed: the new session's cookies win",
  staged(async ({ device, clock }) => {
    const laptop = await device({ transport: "cookie" });
    clock.advance(TEN_MINUTES);
    expect((await laptop.send("POST", "/again")).status).toBe(200);
    const me = await laptop.send("GET", "/guarded");
    expect(me.status).toBe(200);
    expect(me.json.sessionId).not.toBe(laptop.sessionId);
  }),
);

test(
  "the context of a dynamic route goes on to the handler",
  staged(async ({ device }) => {
    const laptop = await device();
    expect((await laptop.send("GET", "/orders/7")).json).toEqual({ order: "7", user: "ada" });
  }),
);

test(
  "an address is what the application says it is, and nobody's claim",
  staged(async ({ device }) => {
    const laptop = await device({ headers: { "X-Forwarded-For": "203.0.113.7" } });
    const listed = await laptop.send("GET", "/account/sessions");
    expect(listed.json.sessions[0].lastIp).toBeNull();
  }),
);

test(
  "a server action signs out, also with an access cookie that has run out",
  staged(async ({ device, clock, sessions, store }) => {
    const host = { Host: new URL(ORIGIN).host };
    const laptop = await device({ transport: "cookie" });
    clock.advance(TEN_MINUTES);
    const page = await laptop.send("GET", "/action-page", { headers: host });
    expect(page.text).toContain("<p>ada</p>");
    const act = (): Promise<Answer> =>
      laptop.send("POST", "/action-page", {
        ...formOf(page, { ...host, Origin: ORIGIN }),
      });
    store.away = true;
    expect((await act()).status).toBe(500);
    expect(laptop.tokens().refresh).not.toBe("");
    store.away = false;
    const done = await act();
    expect([done.status, done.headers.getSetCookie().length]).toEqual([200, 2]);
    expect(done.text).toContain("<p>nobody</p>");
    expect(laptop.tokens()).toEqual({ access: "", refresh: "" });
    expect((await sessions.list(USER)).sessions).toEqual([]);
    expect((await act()).text).toContain("<p>nobody</p>");
  }),
);

test(
  "a server action signs in, and the page it makes anew knows who that is",
  staged(async ({ wire, sessions }) => {
    // Next compares Origin with Host before it runs an action.
    const host = { Host: new URL(ORIGIN).host };
    const page = await wire.send("GET", "/action-page", { headers: host });
    expect(page.text).toContain("<p>nobody</p>");
    const act = (headers: Record<string, string>): Promise<Answer> =>
      wire.send("POST", "/action-page", formOf(page, { ...host, ...headers }));
    const done = await act({ Origin: ORIGIN });
    expect(done.status).toBe(200);
    expect(done.headers.getSetCookie()).toHaveLength(3);
    expect(done.text).toContain("<p>ada</p>");
    expect((await sessions.list(USER)).sessions).toHaveLength(1);
    const foreign = await act({ Origin: "https://evil.example" });
    expect([foreign.status, foreign.headers.getSetCookie()]).toEqual([500, []]);
    expect((await sessions.list(USER)).sessions).toHaveLength(1);
  }),
);

import type { SessionsOptions } from "rollcall";
import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { answerOf, cookieJar, ORIGIN, openApp, request } from "./app.js";

const kinds = {
  browser: { persistent: false },
  remembered: { idleTimeout: "30d", absoluteTimeout: "180d" },
  mobile: {},
} as const satisfies NonNullable<SessionsOptions["kinds"]>;

const REFUSED = { error: "Not allowed for this kind of session", errorCode: "EC003" };

const open = (): ReturnType<typeof openApp> =>
  openApp({ cookies: true, origin: ORIGIN }, { kinds });

test("cookies last as the kind says", async () => {
  const { http } = open();
  for (const [kind, age] of [
    ["browser", null],
    ["remembered", 180 * 86_400],
  ] as const) {
    const post = request("POST", "/sign-in", { headers: { Origin: ORIGIN } });
    const { headers } = await http.signIn(post, user, { transport: "cookie", kind });
    const refresh = headers.getSetCookie().find((line) => line.includes("rollcall-rt")) ?? "";
    expect(/Max-Age=(\d+)/.exec(refresh)?.[1] ?? null, kind).toBe(age === null ? null : `${age}`);
  }
});

test("a refresh in passing keeps the kind, its limits and its cookies", async () => {
  const { http, clock } = open();
  const jar = cookieJar();
  const post = request("POST", "/sign-in", { headers: { Origin: ORIGIN } });
  jar.take(await http.signIn(post, user, { transport: "cookie", kind: "browser" }));
  clock.advance(600_000);
  const guarded = http.guard((_request, { kind }) => Response.json({ kind }), {
    kinds: ["browser"],
  });
  const answer = await answerOf(await guarded(request("GET", "/", { headers: jar.header() })));
  expect(answer.json).toEqual({ kind: "browser" });
  expect(answer.headers.getSetCookie()).toHaveLength(2);
  for (const line of answer.headers.getSetCookie())
    expect(line).not.toMatch(/rollcall-rt.*Max-Age/);
});

test("guards let the kinds pass that they name, and nobody without one", async () => {
  const { http, sessions } = open();
  const tokenOf = async (kind?: string): Promise<string> =>
    (await sessions.start(user, kind === undefined ? {} : { kind })).tokens.accessToken.token;
  const guarded = http.guard(() => new Response("in"), { kinds: ["mobile", "remembered"] });
  for (const [kind, passes] of [
    ["mobile", true],
    ["remembered", true],
    ["browser", false],
    [undefined, false],
  ] as const) {
    const asked = request("GET", "/", { token: await tokenOf(kind) });
    const answer = await answerOf(await guarded(asked));
    expect([answer.status, answer.json], kind).toEqual(passes ? [200, undefined] : [403, REFUSED]);
    expect(await http.session(asked, { kinds: ["mobile", "remembered"] })).toEqual(
      passes ? expect.objectContaining({ kind }) : null,
    );
  }
});

test("types and kinds must both fit, and an empty list lets nobody pass", async () => {
  const { http, sessions } = open();
  const { tokens } = await sessions.start(user, { kind: "mobile" });
  const asked = request("GET", "/", { token: tokens.accessToken.token });
  for (const [options, status] of [
    [{ types: ["user"], kinds: ["mobile"] }, 200],
    [{ types: ["staff"], kinds: ["mobile"] }, 403],
    [{ types: ["user"], kinds: ["browser"] }, 403],
    [{ kinds: [] }, 403],
  ] as const) {
    const answer = await http.guard(() => new Response(), options)(asked);
    expect(answer.status, JSON.stringify(options)).toBe(status);
  }
});

test("a kind that is refused is no signed-out caller: no sign-in page, no cleared cookies", async () => {
  const { http } = open();
  const jar = cookieJar();
  const post = request("POST", "/sign-in", { headers: { Origin: ORIGIN } });
  jar.take(await http.signIn(post, user, { transport: "cookie", kind: "browser" }));
  const guarded = http.guard(() => new Response(), { kinds: ["mobile"], signInPage: "/login" });
  const headers = { ...jar.header(), "Sec-Fetch-Mode": "navigate" };
  const answer = await guarded(request("GET", "/", { headers }));
  expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
});

test("the list shows the kind of each session", async () => {
  const { call, sessions } = open();
  await sessions.start(user, { kind: "mobile" });
  const { tokens } = await sessions.start(user);
  const { json } = await call("GET", "/account/sessions", { token: tokens.accessToken.token });
  expect(json).toEqual({
    sessions: expect.arrayContaining([
      expect.objectContaining({ kind: "mobile", current: false }),
      expect.objectContaining({ kind: null, current: true }),
    ]),
  });
});

import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { counting, user } from "../support/sessions.js";
import { cookieJar, ORIGIN, openApp, request } from "./app.js";

test("each route records who ended a session, and why", async () => {
  for (const [method, path, own, theirs] of [
    ["DELETE", "/account/sessions/own", ["logout", "self"], null],
    ["DELETE", "/account/sessions/other", null, ["revoked", "user"]],
    ["DELETE", "/account/sessions", null, ["revoke_others", "user"]],
    ["DELETE", "/account/sessions?scope=all", ["revoke_all", "user"], ["revoke_all", "user"]],
    ["POST", "/account/logout-everywhere", ["revoke_all", "user"], ["revoke_all", "user"]],
    ["POST", "/auth/logout", ["logout", "self"], null],
  ] as const) {
    const { call, sessions } = openApp();
    const other = await sessions.start(user);
    const mine = await sessions.start(user);
    const token = mine.tokens.accessToken.token;
    const target = path.replace("own", mine.session.id).replace("other", other.session.id);
    expect((await call(method, target, { token })).status, path).toBe(200);
    for (const [id, revocation] of [
      [mine.session.id, own],
      [other.session.id, theirs],
    ] as const) {
      const session = await sessions.get(user, id);
      expect([session?.revokedReason, session?.revokedBy], `${method} ${path}`).toEqual(
        revocation === null
          ? [null, null]
          : [revocation[0], { kind: revocation[1], sessionId: mine.session.id }],
      );
    }
  }
});

test("a revoked access cookie is refused, and cleared; how it ended is asked once", async () => {
  const { store, counts } = counting(memory());
  const app = openApp({ cookies: true, origin: ORIGIN }, { store });
  const jar = cookieJar();
  const login = request("POST", "/login", { headers: { Origin: ORIGIN } });
  jar.take(await app.http.signIn(login, user, { transport: "cookie" }));
  // A process that rests would have to look first what it has missed.
  expect((await app.call("GET", "/account/sessions", { headers: jar.header() })).status).toBe(200);
  await app.sessions.revokeAll(user);
  counts.clear();
  for (const _ of [1, 2, 3]) {
    const answer = await app.call("GET", "/account/sessions", { headers: jar.header() });
    expect([answer.status, answer.headers.getSetCookie().length]).toEqual([401, 2]);
    expect(answer.json).toMatchObject({ sessionEnded: { reason: "revoke_all", by: "system" } });
  }
  expect(Object.fromEntries(counts)).toEqual({ find: 1 });
});

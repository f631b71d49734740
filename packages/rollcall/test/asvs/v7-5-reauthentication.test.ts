import { expect, test } from "vitest";
import { type App, openApp, request } from "../http/app.js";
import { user } from "../support/sessions.js";

// OWASP ASVS 5.0, V7.5: a session alone is not enough for everything.

const MINUTE = 60_000;
const EC006 = { status: 403, json: { errorCode: "EC006" } };

/** A session whose user was authenticated a while ago: by then anybody may sit there. */
async function stale({ sessions, clock }: App): Promise<string> {
  const authenticatedAt = new Date(clock.now() - 30 * MINUTE);
  const { tokens } = await sessions.start(user, { authenticatedAt });
  return tokens.accessToken.token;
}

/** The same after the user has shown the password again. */
async function again({ sessions }: App, token: string): Promise<string> {
  const raised = await sessions.reauthenticate(await sessions.verify(token), { methods: ["pwd"] });
  return raised.tokens.accessToken.token;
}

test("7.5.1: a guard in front of what is sensitive asks for a fresh authentication", async () => {
  const app = openApp();
  const token = await stale(app);
  const changeEmail = app.http.guard(() => new Response("changed"), { maxAge: "10m" });
  const ask = async (given: string): Promise<number> =>
    (await changeEmail(request("POST", "/email", { token: given }))).status;
  expect(await ask(token)).toBe(403);
  expect(await ask(await again(app, token))).toBe(200);
});

test("7.5.2: people see all their sessions and, authenticated again, end each or all", async () => {
  const app = openApp({ requireRecentAuth: "10m" });
  const { call, sessions } = app;
  const others = await Promise.all([1, 2, 3].map(() => sessions.start(user)));
  const token = await stale(app);
  const seen = await call("GET", "/account/sessions", { token });
  const ids = others.map(({ session }) => ({ id: session.id }));
  expect(seen.json).toMatchObject({
    sessions: expect.arrayContaining(ids.map((one) => expect.objectContaining(one))),
  });
  const path = `/account/sessions/${others[0]?.session.id}`;
  expect(await call("DELETE", path, { token })).toMatchObject(EC006);
  expect(await call("DELETE", "/account/sessions", { token })).toMatchObject(EC006);
  expect(await call("POST", "/account/logout-everywhere", { token })).toMatchObject(EC006);
  expect((await sessions.list(user)).sessions).toHaveLength(4);

  const fresh = await again(app, token);
  expect((await call("DELETE", path, { token: fresh })).status).toBe(200);
  expect((await sessions.list(user)).sessions).toHaveLength(3);
  expect((await call("POST", "/account/logout-everywhere", { token: fresh })).status).toBe(200);
  expect((await sessions.list(user)).sessions).toEqual([]);
});

test("7.5.3: a guard in front of what is highly sensitive asks for another factor, each time", async () => {
  const app = openApp({}, { levels: { aal1: {}, aal2: {} } });
  const { sessions, http, clock } = app;
  const pay = http.guard(() => new Response("paid"), { level: "aal2", maxAge: "1m" });
  const ask = async (token: string): Promise<number> =>
    (await pay(request("POST", "/pay", { token }))).status;
  const { tokens } = await sessions.start(user, { level: "aal1", methods: ["pwd"] });
  const low = tokens.accessToken.token;
  expect(await ask(low)).toBe(403);
  const raise = { methods: ["pwd", "otp"], level: "aal2" };
  const raised = await sessions.reauthenticate(await sessions.verify(low), raise);
  const high = raised.tokens.accessToken.token;
  expect(await ask(high)).toBe(200);
  clock.advance(MINUTE);
  expect(await ask(high)).toBe(403);
  // A refresh makes nothing fresher.
  const { tokens: later } = await sessions.refresh(raised.tokens.refreshToken.token);
  expect(await ask(later.accessToken.token)).toBe(403);
});

import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { answerOf, openApp, request } from "./app.js";

const levels = { aal1: {}, aal2: {} } as const;
const kinds = { key: { refresh: false, prefix: "acme" } } as const;
const apiKeys = { kind: "key", scopes: ["orders:read"] };
const body = { name: "CI", scopes: ["orders:read"] };

test("attack: an API key passes no guard that asks how sure or how long ago", async () => {
  const { http, sessions } = openApp({}, { kinds, levels });
  const { token } = await sessions.createApiKey(user, body);
  const asked = request("GET", "/", { token });
  const passes = http.guard(() => new Response(), { scopes: ["orders:read"] });
  expect((await passes(asked)).status).toBe(200);
  for (const more of [{ maxAge: "10m" }, { level: "aal1" }] as const) {
    const guard = http.guard(() => new Response(), { scopes: ["orders:read"], ...more });
    const answer = await answerOf(await guard(asked));
    // EC006 would send a program to look for a password.
    expect([answer.status, answer.json], JSON.stringify(more)).toEqual([
      403,
      { error: "Not allowed for this kind of session", errorCode: "EC003" },
    ]);
  }
});

test("attack: a key that outlasts the stolen session it was to be made with", async () => {
  const app = openApp({ requireRecentAuth: "10m", apiKeys }, { kinds });
  const authenticatedAt = new Date(app.clock.now() - 600_000);
  const { tokens } = await app.sessions.start(user, { authenticatedAt });
  const { token } = tokens.accessToken;
  const refused = await app.call("POST", "/account/keys", { token, body });
  expect([refused.status, refused.json]).toEqual([
    403,
    { error: "Sign in again to do this", errorCode: "EC006", required: { maxAge: 600 } },
  ]);
  const scopes = async () =>
    (await app.sessions.list(user)).sessions.map(({ scopes: held }) => held);
  expect(await scopes()).toEqual([null]);

  const principal = await app.sessions.verify(token);
  const again = await app.sessions.reauthenticate(principal, { methods: ["pwd"] });
  const fresh = again.tokens.accessToken.token;
  const made = await app.call("POST", "/account/keys", { token: fresh, body });
  expect(made.status).toBe(201);
  expect(await scopes()).toContainEqual(["orders:read"]);
});

test("attack: whoever acts as a user says that the user has authenticated again", async () => {
  const { http, sessions } = openApp({}, { levels });
  const staff = await sessions.start({ type: "staff", id: "margaret" }, { level: "aal1" });
  const principal = await sessions.verify(staff.tokens.accessToken.token);
  const { session, tokens } = await sessions.actAs(principal, user);
  const { token } = tokens.accessToken;
  const raise = http.reauthenticate(request("POST", "/", { token }), {
    methods: ["pwd", "otp"],
    level: "aal2",
  });
  await expect(raise).rejects.toMatchObject({ code: "actor_forbidden", status: 403 });
  // The level is that of the staff member's own sign-in, and rises with that only.
  expect(await sessions.get(user, session.id)).toMatchObject({ level: "aal1", revokedAt: null });
  const guard = http.guard(() => new Response(), { level: "aal2" });
  expect((await guard(request("GET", "/", { token }))).status).toBe(403);
});

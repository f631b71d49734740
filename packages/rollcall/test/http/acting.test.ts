import type { Principal, TokenPair } from "rollcall";
import type { GuardOptions, HttpOptions } from "rollcall/http";
import { expect, test } from "vitest";
import { refusal } from "../support/sessions.js";
import { type App, openApp, request } from "./app.js";

const customer = { type: "user", id: "ada" };
const staff = { type: "staff", id: "7" };

interface Acting extends App {
  /** Of whoever acts. */
  readonly own: TokenPair;
  /** Of the session in which they act. */
  readonly tokens: TokenPair;
  readonly token: string;
  readonly theirs: TokenPair;
  /** The ids of the customer's active sessions, oldest first. */
  ids(): Promise<readonly string[]>;
}

/** The customer is signed in, and a member of the staff acts as them, all by bearer tokens. */
async function acting(options: Partial<HttpOptions> = {}): Promise<Acting> {
  const app = openApp(options);
  const theirs = await app.signIn(customer);
  const own = await app.signIn(staff);
  app.clock.advance(1000);
  const { body } = await app.http.actAs(
    request("POST", "/act", { token: own.accessToken.token, headers: { "user-agent": "x" } }),
    customer,
    { reason: "ticket 12", connection: { address: "192.0.2.7" } },
  );
  if (!("tokens" in body)) return expect.unreachable("a bearer token gets tokens");
  const { tokens } = body;
  const ids = async () =>
    (await app.sessions.list(customer)).sessions.map(({ id }) => id).toReversed();
  return { ...app, own, tokens, token: tokens.accessToken.token, theirs, ids };
}

test("whoever acts sees the list, but ends and names nothing in it", async () => {
  const { call, token, ids, sessions } = await acting();
  const [theirs = "", mine = ""] = await ids();
  const list = await call("GET", "/account/sessions", { token });
  expect(list.json).toMatchObject({ sessions: [{ id: mine, current: true }, { id: theirs }] });

  const name = { name: "mine now" };
  const attempts: readonly (readonly [string, string, object?])[] = [
    ["DELETE", "/account/sessions"],
    ["DELETE", "/account/sessions?scope=all"],
    ["DELETE", `/account/sessions/${theirs}`],
    ["DELETE", "/account/sessions/unknown"],
    ["PATCH", `/account/sessions/${theirs}`, name],
    ["PATCH", `/account/sessions/${mine}`, name],
    ["POST", "/account/logout-everywhere"],
  ];
  for (const [method, path, body] of attempts) {
    const answer = await call(method, path, { token, ...(body && { body }) });
    expect([answer.status, answer.json], `${method} ${path}`).toEqual([
      403,
      { error: "Not allowed while acting for somebody else", errorCode: "EC003" },
    ]);
  }
  expect(await ids()).toEqual([theirs, mine]);
  expect((await sessions.get(customer, theirs))?.name).toBeNull();
});

test("whoever acts may end their own acting session", async () => {
  const { call, token, ids, own, http } = await acting();
  const [theirs = "", mine = ""] = await ids();
  expect((await call("DELETE", `/account/sessions/${mine}`, { token })).status).toBe(200);
  expect(await ids()).toEqual([theirs]);
  expect((await call("GET", "/account/sessions", { token })).status).toBe(401);
  const still = request("GET", "/", { token: own.accessToken.token });
  expect(await http.authenticate(still)).toMatchObject({ user: staff, actor: null });
});

test("where the application allows it they end sessions, and events name them", async () => {
  const { call, token, ids, sessions } = await acting({ actingMayManage: true });
  const [theirs = "", mine = ""] = await ids();
  const body = { name: "Kitchen" };
  expect((await call("PATCH", `/account/sessions/${theirs}`, { token, body })).status).toBe(200);
  expect((await call("DELETE", "/account/sessions", { token })).json).toMatchObject({ revoked: 1 });
  expect((await sessions.get(customer, theirs))?.revokedBy).toEqual({
    kind: "admin",
    sessionId: mine,
    id: "7",
  });
});

test("a guard admits whoever acts unless it says otherwise", async () => {
  const { http, token, theirs } = await acting();
  const statusOf = async (options: GuardOptions, bearer: string): Promise<number> => {
    const guarded = http.guard((_request, { actor }) => Response.json(actor), options);
    return (await guarded(request("GET", "/", { token: bearer }))).status;
  };
  expect(await statusOf({}, token)).toBe(200);
  expect(await statusOf({ actors: true, types: ["user"] }, token)).toBe(200);
  expect(await statusOf({ actors: false }, token)).toBe(403);
  expect(await statusOf({ actors: false }, theirs.accessToken.token)).toBe(200);
  expect(await statusOf({ types: ["staff"] }, token)).toBe(403);
  const refused = http.authenticate(request("GET", "/", { token }), { actors: false });
  expect((await refusal(Promise.resolve(refused))).code).toBe("actor_forbidden");
  expect(await http.session(request("GET", "/", { token }), { actors: false })).toBeNull();
  expect(await http.session(request("GET", "/", { token }))).toMatchObject({
    user: customer,
    actor: { user: staff },
  });
  const bad: GuardOptions = JSON.parse('{ "actors": "no" }');
  expect(() => http.guard(() => new Response(), bad)).toThrow("actors must be true or false");
});

test("the customer sees who acts, but neither their address nor their device", async () => {
  const { call, theirs, token, ids, sessions } = await acting();
  const [, mine = ""] = await ids();
  const seen = await call("GET", "/account/sessions", { token: theirs.accessToken.token });
  const device = { browser: null, os: null, type: "unknown" };
  const hidden = { id: mine, current: false, deviceInfo: null, device, lastIp: null };
  const kept = await sessions.get(customer, mine);
  const actor = { user: staff, sessionId: kept?.actor?.sessionId };
  expect(seen.json).toMatchObject({ sessions: [{ ...hidden, actor }, { actor: null }] });
  expect(seen.text).not.toContain("ticket 12");
  expect(seen.text).not.toContain("192.0.2.7");
  const own = await call("GET", "/account/sessions", { token });
  expect(own.json).toMatchObject({ sessions: [{ id: mine, lastIp: "192.0.2.7", actor }, {}] });
  expect(kept).toMatchObject({ actor: { reason: "ticket 12" }, lastIp: "192.0.2.7" });
});

test("with showActing: false the customer's list leaves it out, and they end it all the same", async () => {
  const { call, theirs, token, ids } = await acting({ showActing: false });
  const [first, mine] = await ids();
  const bearer = { token: theirs.accessToken.token };
  const seen = await call("GET", "/account/sessions", bearer);
  expect(seen.json).toMatchObject({ sessions: [{ id: first }] });
  expect(seen.text).not.toContain(mine);
  const own = await call("GET", "/account/sessions", { token });
  expect(own.json).toMatchObject({ sessions: [{ id: mine }, { id: first }] });
  await call("DELETE", "/account/sessions", bearer);
  expect(await ids()).toEqual([first]);
  const option: Partial<HttpOptions> = JSON.parse('{ "showActing": "no" }');
  expect(() => openApp(option)).toThrow("showActing must be true or false");
});

test("no refresh makes an acting session the customer's own, nor lets it act further", async () => {
  const { call, tokens, http } = await acting();
  let refreshToken = tokens.refreshToken.token;
  for (let round = 0; round < 3; round++) {
    const answer = await call("POST", "/auth/refresh", { body: { refreshToken } });
    const { tokens: next }: { tokens: TokenPair } = JSON.parse(answer.text);
    refreshToken = next.refreshToken.token;
    const token = next.accessToken.token;
    expect((await call("DELETE", "/account/sessions", { token })).status).toBe(403);
    const further = http.actAs(request("POST", "/act", { token }), { type: "user", id: "grace" });
    expect((await refusal(further)).code).toBe("actor_forbidden");
  }
});

test("a bearer client ends what it acts in, and goes on with its own tokens", async () => {
  const { call, token, own, ids, sessions } = await acting();
  const [theirs, mine = ""] = await ids();
  const answer = await call("POST", "/auth/stop-acting", { token });
  expect([answer.status, answer.json]).toEqual([200, { message: "Stopped acting" }]);
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(await ids()).toEqual([theirs]);
  expect(await sessions.get(customer, mine)).toMatchObject({
    revokedReason: "stopped_acting",
    revokedBy: { kind: "admin", id: "7" },
  });
  const principal: Principal = await sessions.verify(own.accessToken.token);
  expect(principal.user).toEqual(staff);
  const again = await call("POST", "/auth/stop-acting", { token });
  expect(again.status).toBe(401);
  const not = await call("POST", "/auth/stop-acting", { token: own.accessToken.token });
  expect([not.status, not.json]).toMatchObject([400, { errorCode: "EC008" }]);
  expect((await call("POST", "/auth/stop-acting")).status).toBe(401);
});

import type { SessionStore } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { eventOf } from "../support/sessions.js";
import { type Answer, answerOf, type CallOptions, ORIGIN, openApp, request } from "./app.js";
import { documentOf } from "./openapi-document.js";

// Every operation is brought to every status that the document gives it, and its answer held against it.

type Fault = "away" | "broken" | null;

/** A caller of a user of their own, with another session beside. */
interface Caller {
  readonly user: { readonly type: string; readonly id: string };
  readonly token: string;
  readonly refreshToken: string;
  readonly id: string;
  readonly spare: string;
}

/** Asks for the operation as the caller. `{id}` stands for the caller's session, `{spare}` for the other. */
interface Case {
  readonly operation: string;
  readonly status: number;
  readonly path?: string;
  readonly options?: (caller: Caller) => CallOptions;
  readonly fault?: Fault;
  readonly times?: number;
}

const byToken = ({ token }: Caller): CallOptions => ({ token });
const inBody = ({ refreshToken }: Caller): CallOptions => ({ body: { refreshToken } });
/** Nothing but the refresh cookie, so that the database has to be asked. */
const byCookie =
  (headers: Record<string, string>, name = "__Host-rollcall-rt") =>
  ({ refreshToken }: Caller): CallOptions => ({
    headers: { Cookie: `${name}=${refreshToken}`, ...headers },
  });
const HERE = { "Sec-Fetch-Site": "same-origin" };
// A page of another site that opens a WebSocket: refused whatever the method.
const ELSEWHERE = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "websocket" };
const fromHere = byCookie(HERE);
const fromElsewhere = byCookie(ELSEWHERE);
const backFromHere = byCookie(HERE, "__Host-rollcall-actor");
const named =
  (name: string, options: (caller: Caller) => CallOptions = byToken) =>
  (caller: Caller): CallOptions => ({ ...options(caller), body: { name } });

const ACCOUNT = [
  "GET /account/sessions",
  "DELETE /account/sessions",
  "GET /account/sessions/events",
  "DELETE /account/sessions/{id}",
  "PATCH /account/sessions/{id}",
  "POST /account/logout-everywhere",
];
const AUTH = ["POST /auth/refresh", "POST /auth/logout"];

const STOP = "POST /auth/stop-acting";

const CASES: readonly Case[] = [
  { operation: STOP, status: 200, options: backFromHere },
  { operation: STOP, status: 400, options: byToken },
  { operation: STOP, status: 401 },
  { operation: STOP, status: 403, options: byCookie(ELSEWHERE, "__Host-rollcall-actor") },
  { operation: STOP, status: 500, options: backFromHere, fault: "broken" },
  { operation: STOP, status: 503, options: backFromHere, fault: "away" },
  ...[...ACCOUNT, ...AUTH].flatMap((operation): Case[] => [
    { operation, status: 401 },
    { operation, status: 403, options: fromElsewhere },
    { operation, status: 500, options: fromHere, fault: "broken" },
    { operation, status: 503, options: fromHere, fault: "away" },
  ]),
  { operation: "GET /account/sessions", status: 200, options: byToken },
  { operation: "GET /account/sessions", status: 200, path: "?limit=1", options: byToken },
  { operation: "GET /account/sessions", status: 200, path: "?limit=100", options: byToken },
  { operation: "GET /account/sessions", status: 400, path: "?limit=101", options: byToken },
  { operation: "GET /account/sessions", status: 400, path: "?cursor=x", options: byToken },
  { operation: "DELETE /account/sessions", status: 200, options: byToken },
  { operation: "DELETE /account/sessions", status: 200, path: "?scope=all", options: byToken },
  { operation: "DELETE /account/sessions", status: 400, path: "?scope=x", options: byToken },
  { operation: "DELETE /account/sessions", status: 404, path: "/", options: byToken },
  { operation: "DELETE /account/sessions/{id}", status: 200, options: byToken },
  { operation: "DELETE /account/sessions/{id}", status: 200, path: "{spare}", options: byToken },
  { operation: "DELETE /account/sessions/{id}", status: 404, path: "x", options: byToken },
  { operation: "PATCH /account/sessions/{id}", status: 200, options: named("Kitchen iPad") },
  { operation: "PATCH /account/sessions/{id}", status: 400, options: named("") },
  { operation: "PATCH /account/sessions/{id}", status: 404, path: "x", options: named("y") },
  { operation: "PATCH /account/sessions/{id}", status: 429, options: named("y"), times: 31 },
  { operation: "POST /account/logout-everywhere", status: 200, options: byToken },
  { operation: "POST /auth/refresh", status: 200, options: inBody },
  { operation: "POST /auth/refresh", status: 200, options: fromHere },
  { operation: "POST /auth/refresh", status: 400, options: () => ({ body: "{" }) },
  { operation: "POST /auth/logout", status: 200, options: inBody },
  { operation: "POST /auth/logout", status: 400, options: () => ({ body: "{" }) },
  { operation: "GET /healthz", status: 200 },
  { operation: "GET /.well-known/jwks.json", status: 200 },
  { operation: "GET /openapi.json", status: 200 },
];

/** Its only way to fail would be a bug in it. */
const OUT_OF_REACH = ["GET /openapi.json 500"];

test("every operation answers with every status as the document says", async () => {
  const state: { fault: Fault } = { fault: null };
  const app = openApp({ cookies: true, origin: ORIGIN }, { store: faulty(state) });
  const check = documentOf(app.http);
  const seen = new Set(OUT_OF_REACH);
  const hold = (operation: string, answer: Answer): void => {
    expect(check.breaks(operation, answer)).toBeNull();
    seen.add(`${operation} ${answer.status}`);
  };

  let users = 0;
  const signedIn = async (): Promise<Caller> => {
    const user = { type: "user", id: `user ${users++}` };
    const device = { userAgent: "curl/8", ip: "203.0.113.7", extra: { a: 1 } };
    const spare = await app.sessions.start(user, { device });
    const { session, tokens } = await app.sessions.start(user);
    const { accessToken, refreshToken } = tokens;
    return {
      user,
      token: accessToken.token,
      refreshToken: refreshToken.token,
      id: session.id,
      spare: spare.session.id,
    };
  };

  for (const one of CASES) {
    const caller = await signedIn();
    const [method = "", template = ""] = one.operation.split(" ");
    const path = (
      one.path !== undefined && template.includes("{id}")
        ? template.replace("{id}", one.path)
        : `${template}${one.path ?? ""}`
    )
      .replace("{id}", caller.id)
      .replace("{spare}", caller.spare);
    state.fault = one.fault ?? null;
    let answer = await app.call(method, path, one.options?.(caller));
    for (let more = (one.times ?? 1) - 1; more > 0; more--) {
      answer = await app.call(method, path, one.options?.(caller));
    }
    state.fault = null;
    expect(answer.status, JSON.stringify(one)).toBe(one.status);
    hold(one.operation, answer);
  }

  for (const [path, operations] of Object.entries(check.document.paths)) {
    const answer = await app.call("PUT", path);
    for (const method of Object.keys(operations)) hold(`${method.toUpperCase()} ${path}`, answer);
    const allowed = answer.headers.get("allow")?.toLowerCase().split(", ");
    expect(allowed).toEqual(expect.arrayContaining(Object.keys(operations)));
  }

  for (const answer of await streamed(app, await signedIn())) {
    hold("GET /account/sessions/events", answer);
  }
  for (const answer of await failing()) hold(answer.operation, answer);
  expect([...seen].sort()).toEqual([...check.described].sort());
});

test("the check sees what is wrong", async () => {
  const app = openApp();
  const check = documentOf(app.http);
  const token = (await app.signIn({ type: "user", id: "ada" })).accessToken.token;
  const operation = "GET /account/sessions";
  const good = await app.call("GET", "/account/sessions", { token });
  const breaks = (answer: Partial<Answer>): string | null =>
    check.breaks(operation, { ...good, ...answer });
  expect(breaks({})).toBeNull();
  expect(breaks({ status: 409 })).toMatch(/not described/);
  expect(breaks({ status: 401 })).toMatch(/lacks WWW-Authenticate/);
  expect(breaks({ headers: new Headers({ "Content-Type": "text/html" }) })).toMatch(/text\/html/);
  expect(breaks({ json: { sessions: [{}] } })).toMatch(/required/);
  expect(breaks({ json: { sessions: [], more: 1 } })).toMatch(/additional/);
});

/** A stream from its beginning to the end of the caller's session, and the one too many. */
async function streamed(app: ReturnType<typeof openApp>, caller: Caller): Promise<Answer[]> {
  const { token } = caller;
  const open = (): Promise<Response> =>
    app.http.fetch(request("GET", "/account/sessions/events", { token }));
  const streams = await Promise.all(Array.from({ length: 20 }, open));
  const refused = await answerOf(await open());
  expect(refused.status).toBe(429);
  const told = eventOf(app.sessions, "session.renamed");
  const [first = await open()] = streams;
  await app.call("PATCH", `/account/sessions/${caller.spare}`, { token, body: { name: "x" } });
  await told;
  await app.sessions.revoke(caller.user, caller.id);
  const whole = await answerOf(first);
  expect(whole.text).toMatch(/event: sessions\n.*event: revoked\n/s);
  await Promise.all(streams.slice(1).map(({ body }) => body?.cancel()));
  return [refused, whole];
}

/** The answers of a server that knows nothing yet, and of one with a bug. */
async function failing(): Promise<(Answer & { readonly operation: string })[]> {
  const deaf = openApp(
    {},
    { store: { ...memory(), changes: () => Promise.reject(new Error("away")) } },
  );
  const { sessions } = openApp();
  const bug = (): never => {
    throw new TypeError("a bug");
  };
  const broken = openApp({ sessions: { ...sessions, health: bug, jwks: bug } });
  const asked = async (
    app: ReturnType<typeof openApp>,
    path: string,
  ): Promise<Answer & { readonly operation: string }> => ({
    ...(await app.call("GET", path)),
    operation: `GET ${path}`,
  });
  const answers = [
    await asked(deaf, "/healthz"),
    await asked(broken, "/healthz"),
    await asked(broken, "/.well-known/jwks.json"),
  ];
  expect(answers.map(({ status }) => status)).toEqual([503, 500, 500]);
  return answers;
}

/** What refreshes and log-outs ask fails while a fault is on: unreachable, or with a bug. */
function faulty(state: { readonly fault: Fault }): SessionStore {
  const inner = memory();
  const fail = (): void => {
    if (state.fault === "away") throw new Error("away");
    if (state.fault === "broken") throw new TypeError("a bug");
  };
  return {
    ...inner,
    async rotate(...args) {
      fail();
      return await inner.rotate(...args);
    },
    async revoke(...args) {
      fail();
      return await inner.revoke(...args);
    },
  };
}

import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { type Answer, cookieJar, ORIGIN, openApp, request } from "./app.js";

interface Operation {
  readonly responses: Record<string, { content?: { "application/json": { schema: object } } }>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

const ajv = new Ajv2020({ strict: false });
formats.default(ajv);

function documentOf(app: ReturnType<typeof openApp>): Document {
  const text = JSON.stringify(app.http.openapi());
  const document: Document = JSON.parse(text);
  ajv.removeSchema("doc");
  ajv.addSchema(document, "doc");
  return document;
}

/** Says what a real answer breaks of what the document says of it. */
function breaks(method: string, path: string, answer: Answer): string | null {
  const at = path
    .replaceAll("~", "~0")
    .replaceAll("/", "~1")
    .replaceAll("{", "%7B")
    .replaceAll("}", "%7D");
  const pointer = `doc#/paths/${at}/${method.toLowerCase()}/responses/${answer.status}`;
  const validate = ajv.getSchema(`${pointer}/content/application~1json/schema`);
  if (validate === undefined) return `${pointer} is not described`;
  return validate(answer.json) ? null : `${pointer}: ${ajv.errorsText(validate.errors)}`;
}

/** Contract §1.2: the routes this release mounts, with the statuses that its table gives them. */
const CONTRACT: Record<string, number[]> = {
  "GET /account/sessions": [200, 400, 401, 403, 500, 503],
  "DELETE /account/sessions": [200, 400, 401, 403, 404, 500, 503],
  "DELETE /account/sessions/{id}": [200, 401, 403, 404, 500, 503],
  "PATCH /account/sessions/{id}": [200, 400, 401, 403, 404, 429, 500, 503],
  "GET /account/sessions/events": [200, 401, 403, 429, 500, 503],
  "POST /account/logout-everywhere": [200, 401, 403, 500, 503],
  "POST /auth/refresh": [200, 400, 401, 403, 500, 503],
  "POST /auth/logout": [200, 400, 401, 403, 500, 503],
};

test("every route and every status of contract §1.2 is in the document", () => {
  const { paths, openapi } = documentOf(openApp());
  expect(openapi).toBe("3.1.0");
  const described: Record<string, number[]> = {};
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      described[`${method.toUpperCase()} ${path}`] = Object.keys(responses).map(Number);
    }
  }
  expect(described).toMatchObject(CONTRACT);
  const services = ["GET /healthz", "GET /.well-known/jwks.json", "GET /openapi.json"];
  expect(Object.keys(described).sort()).toEqual([...Object.keys(CONTRACT), ...services].sort());
});

test("real answers are as the document says", async () => {
  const state = { away: false, broken: false };
  const inner = memory();
  const fail = (): void => {
    if (state.away) throw new Error("away");
    if (state.broken) throw new TypeError("a bug");
  };
  const store = {
    ...inner,
    async list(...args: Parameters<typeof inner.list>) {
      fail();
      return await inner.list(...args);
    },
    async rotate(...args: Parameters<typeof inner.rotate>) {
      fail();
      return await inner.rotate(...args);
    },
    async revoke(...args: Parameters<typeof inner.revoke>) {
      fail();
      return await inner.revoke(...args);
    },
    async revokeAll(...args: Parameters<typeof inner.revokeAll>) {
      fail();
      return await inner.revokeAll(...args);
    },
    async rename(...args: Parameters<typeof inner.rename>) {
      fail();
      return await inner.rename(...args);
    },
  };
  const app = openApp({ cookies: true, origin: ORIGIN }, { store });
  documentOf(app);
  const jar = cookieJar();
  jar.take(
    await app.http.signIn(request("POST", "/", { headers: { Origin: ORIGIN } }), user, {
      transport: "cookie",
    }),
  );
  const device = { userAgent: "curl/8", extra: { a: 1 } };
  const spare = await app.sessions.start(user, { device });
  const { session, tokens } = await app.sessions.start(user, { device });
  const token = tokens.accessToken.token;
  const refreshToken = tokens.refreshToken.token;
  const id = session.id;
  const cross = { headers: { ...jar.header(), "Sec-Fetch-Site": "cross-site" } };
  const asked: [string, string, Parameters<typeof app.call>[2], number][] = [
    ["GET", "/account/sessions", { token }, 200],
    ["GET", "/account/sessions?limit=1", { token }, 200],
    ["GET", "/account/sessions?limit=x", { token }, 400],
    ["GET", "/account/sessions", {}, 401],
    ["PATCH", `/account/sessions/${id}`, { token, body: { name: "x" } }, 200],
    ["PATCH", `/account/sessions/${id}`, { token, body: { name: "" } }, 400],
    ["PATCH", `/account/sessions/${id}`, { body: { name: "x" } }, 401],
    ["PATCH", `/account/sessions/${id}`, cross, 403],
    ["PATCH", "/account/sessions/x", { token, body: { name: "x" } }, 404],
    ["DELETE", "/account/sessions/x", { token }, 404],
    ["DELETE", "/account/sessions/x", cross, 403],
    ["DELETE", "/account/sessions/x", {}, 401],
    ["DELETE", `/account/sessions/${spare.session.id}`, { token }, 200],
    ["DELETE", "/account/sessions?scope=x", { token }, 400],
    ["DELETE", "/account/sessions", {}, 401],
    ["DELETE", "/account/sessions", cross, 403],
    ["POST", "/account/logout-everywhere", {}, 401],
    ["POST", "/account/logout-everywhere", cross, 403],
    ["GET", "/account/sessions/events", {}, 401],
    ["POST", "/auth/refresh", { body: { refreshToken } }, 200],
    ["POST", "/auth/refresh", { headers: { ...jar.header(), Origin: ORIGIN } }, 200],
    ["POST", "/auth/refresh", { body: "{" }, 400],
    ["POST", "/auth/refresh", {}, 401],
    ["POST", "/auth/refresh", cross, 403],
    ["POST", "/auth/logout", { body: "{" }, 400],
    ["POST", "/auth/logout", {}, 401],
    ["POST", "/auth/logout", cross, 403],
    ["GET", "/healthz", {}, 200],
  ];
  for (const fault of ["away", "broken"] as const) {
    const status = fault === "away" ? 503 : 500;
    state[fault] = true;
    for (const [method, path, options] of [
      ["GET", "/account/sessions", { token }],
      ["PATCH", `/account/sessions/${id}`, { token, body: { name: "x" } }],
      ["DELETE", `/account/sessions/${id}`, { token }],
      ["DELETE", "/account/sessions", { token }],
      ["POST", "/account/logout-everywhere", { token }],
      ["POST", "/auth/refresh", { body: { refreshToken } }],
      ["POST", "/auth/logout", { token }],
    ] as const) {
      const answer = await app.call(method, path, options);
      expect(answer.status, `${method} ${path}`).toBe(status);
      expect(breaks(method, template(path), answer)).toBeNull();
    }
    state[fault] = false;
  }
  for (const [method, path, options, status] of asked) {
    const answer = await app.call(method, path, options);
    expect(answer.status, `${method} ${path}`).toBe(status);
    expect(breaks(method, template(path), answer)).toBeNull();
  }
  for (const [method, path] of [
    ["DELETE", "/account/sessions"],
    ["POST", "/account/logout-everywhere"],
  ] as const) {
    expect(breaks(method, path, await app.call(method, path, { token }))).toBeNull();
  }
  expect(
    breaks("POST", "/auth/logout", await app.call("POST", "/auth/logout", { token })),
  ).toBeNull();
});

test("the document is served, and so are the keys", async () => {
  const { call, http } = openApp();
  const served = await call("GET", "/openapi.json");
  expect(served.json).toEqual(JSON.parse(JSON.stringify(http.openapi())));
  expect((await call("GET", "/.well-known/jwks.json")).json).toEqual({ keys: [] });
});

function template(path: string): string {
  return path.replace(/\?.*/, "").replace(/\/sessions\/(?!events).+/, "/sessions/{id}");
}

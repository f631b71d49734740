import { expect, test } from "vitest";
import { ORIGIN, openApp } from "./app.js";
import { documentOf } from "./openapi-document.js";

/** Contract §1.2: the routes of this release, with the statuses that its table gives them. */
const CONTRACT: Record<string, number[]> = {
  "GET /account/sessions": [200, 400, 401, 403, 405, 500, 503],
  "DELETE /account/sessions": [200, 400, 401, 403, 404, 405, 500, 503],
  "DELETE /account/sessions/{id}": [200, 401, 403, 404, 405, 500, 503],
  "PATCH /account/sessions/{id}": [200, 400, 401, 403, 404, 405, 429, 500, 503],
  "GET /account/sessions/events": [200, 401, 403, 405, 429, 500, 503],
  "POST /account/logout-everywhere": [200, 401, 403, 405, 500, 503],
  "POST /auth/refresh": [200, 400, 401, 403, 405, 500, 503],
  "POST /auth/stop-acting": [200, 400, 401, 403, 405, 500, 503],
  "POST /auth/logout": [200, 400, 401, 403, 405, 500, 503],
  "GET /healthz": [200, 405, 500, 503],
  "GET /.well-known/jwks.json": [200, 405, 500],
  "GET /openapi.json": [200, 405, 500],
};

test("every route and every status of the contract is in the document", () => {
  const { document, described } = documentOf(openApp().http);
  expect(document.openapi).toBe("3.1.0");
  const contract = Object.entries(CONTRACT).flatMap(([operation, statuses]) =>
    statuses.map((status) => `${operation} ${status}`),
  );
  expect([...described].sort()).toEqual(contract.sort());
});

test("operations and schemas have the names that clients are generated with", () => {
  const { document } = documentOf(openApp().http);
  const names = Object.values(document.paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId),
  );
  // A name that changes breaks whoever has generated a client.
  expect(names.sort()).toEqual([
    "getHealth",
    "getKeys",
    "getOpenapi",
    "listSessions",
    "logout",
    "logoutEverywhere",
    "refreshTokens",
    "renameSession",
    "revokeOtherSessions",
    "revokeSession",
    "stopActing",
    "streamEvents",
  ]);
  expect(document).toMatchObject({
    components: {
      schemas: expect.objectContaining({
        Error: expect.anything(),
        Event: expect.anything(),
        Session: expect.anything(),
        SessionPage: expect.anything(),
        TokenPair: expect.anything(),
      }),
    },
  });
});

test("the limit of a page is a number with bounds and a default", () => {
  const { document } = documentOf(openApp().http);
  expect(document.paths["/account/sessions"]?.["get"]).toMatchObject({
    parameters: [
      {
        name: "limit",
        required: false,
        schema: { type: "integer", minimum: 1, maximum: 100, default: 100 },
      },
      { name: "cursor", required: false },
    ],
  });
});

test("the document says which credentials a route takes", () => {
  const security = (options: Parameters<typeof openApp>[0]): Record<string, unknown> => {
    const { paths } = documentOf(openApp(options).http).document;
    return {
      list: paths["/account/sessions"]?.["get"],
      refresh: paths["/auth/refresh"]?.["post"],
      logout: paths["/auth/logout"]?.["post"],
      stop: paths["/auth/stop-acting"]?.["post"],
      health: paths["/healthz"]?.["get"],
    };
  };
  const bearer = { bearer: [] };
  expect(security({})).toMatchObject({
    list: { security: [bearer] },
    refresh: { security: [] },
    logout: { security: [bearer, {}] },
    stop: { security: [bearer] },
    health: { security: [] },
  });
  const [cookie, refreshCookie] = [{ cookie: [] }, { refreshCookie: [] }];
  expect(security({ cookies: true, origin: ORIGIN })).toMatchObject({
    list: { security: [bearer, cookie, refreshCookie] },
    refresh: { security: [refreshCookie, {}] },
    logout: { security: [bearer, cookie, refreshCookie, {}] },
    stop: { security: [bearer, { actorCookie: [] }] },
    health: { security: [] },
  });
});

test("the document follows the options", () => {
  const bearer = documentOf(openApp().http).document;
  expect(bearer).toMatchObject({ servers: [{ url: "/" }] });
  expect(JSON.stringify(bearer)).not.toContain("CookiesResult");
  const cookies = { prefix: "shop" };
  const { document } = documentOf(
    openApp({ cookies, origin: ORIGIN, paths: { service: false } }).http,
  );
  expect(document).toMatchObject({
    servers: [{ url: ORIGIN }],
    tags: [{ name: "Sessions" }, { name: "Tokens" }],
    components: {
      securitySchemes: {
        cookie: { in: "cookie", name: "__Host-shop-at" },
        refreshCookie: { in: "cookie", name: "__Host-shop-rt" },
        actorCookie: { in: "cookie", name: "__Host-shop-actor" },
      },
    },
  });
  expect(JSON.stringify(document)).not.toMatch(/"(JwkSet|Health)"/);
});

test("the document is served, and so are the keys", async () => {
  const { call, http } = openApp();
  const served = await call("GET", "/openapi.json");
  expect(served.json).toEqual(JSON.parse(JSON.stringify(http.openapi())));
  expect((await call("GET", "/.well-known/jwks.json")).json).toEqual({ keys: [] });
});

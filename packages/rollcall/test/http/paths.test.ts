import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { openApp, request } from "./app.js";

const PATHS = [
  "/v1.0/me/sessions",
  "/v1.0/me/sessions/",
  "/v1.0/me/sessions/x",
  "/v1.0/me/sessions/x/y",
  "/v1.0/me/sessions/a%2Fb",
  "/v1.0/me/sessions/%ff",
  "/v1.0/me",
  "/v1x0/me/sessions",
  "/v1.0/token/refresh",
  "/v1.0/token/logout",
  "/account/sessions",
  "/auth/refresh",
  "/openapi.json",
  "/openapi-json",
  "/openapiXjson",
  "/.well-known/jwks.json",
  "/xwell-known/jwks.json",
  "//evil.example/openapi.json",
  "/",
];

test("handles and fetch agree on every path, also with dots in it", async () => {
  const { http } = openApp({ paths: { account: "/v1.0/me", auth: "/v1.0/token" } });
  for (const path of PATHS) {
    const answer = await http.fetch(request("OPTIONS", path));
    expect(http.handles(request("GET", path)), path).toBe(answer.status !== 404);
  }
});

test("the routes and the document follow the paths", async () => {
  const { http, call, signIn } = openApp({ paths: { account: "/v1.0/me", auth: "/v1.0/token" } });
  const { accessToken, refreshToken } = await signIn(user);
  const token = accessToken.token;
  expect((await call("GET", "/v1.0/me/sessions", { token })).status).toBe(200);
  const body = { refreshToken: refreshToken.token };
  expect((await call("POST", "/v1.0/token/refresh", { body })).status).toBe(200);
  expect((await call("GET", "/account/sessions", { token })).status).toBe(404);
  const document: { paths: object } = JSON.parse(JSON.stringify(http.openapi()));
  expect(Object.keys(document.paths)).toContain("/v1.0/me/sessions/{id}");
  expect(Object.keys(document.paths)).not.toContain("/account/sessions");
});

const SERVICE = ["/healthz", "/openapi.json", "/.well-known/jwks.json"];

test("what machines ask is at the root, under a path of its own, or nowhere", async () => {
  for (const [service, prefix] of [
    [undefined, ""],
    ["", ""],
    ["/internal", "/internal"],
  ] as const) {
    const { http, call } = openApp(service === undefined ? {} : { paths: { service } });
    for (const path of SERVICE) {
      expect((await call("GET", `${prefix}${path}`)).status, path).not.toBe(404);
      expect(http.paths).toContain(`${prefix}${path}`);
      expect(http.handles({ url: path })).toBe(prefix === "");
    }
  }
  const { http, call } = openApp({ paths: { service: false } });
  for (const path of SERVICE) {
    expect((await call("GET", path)).status, path).toBe(404);
    expect(http.handles({ url: path })).toBe(false);
  }
  expect(Object.keys(JSON.parse(JSON.stringify(http.openapi())).paths)).not.toContain("/healthz");
  expect((await call("GET", "/account/sessions")).status).toBe(401);
});

test("a path of theirs that is none is refused by name", () => {
  for (const service of ["internal", "/", "/internal/", "/a b"]) {
    expect(() => openApp({ paths: { service } })).toThrow(/^paths\.service must be a path/);
  }
});

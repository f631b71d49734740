import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SessionError, type SessionErrorCode, type SessionEventType } from "rollcall";
import { expect, test } from "vitest";
import { RESERVED_CLAIMS } from "../../src/core/tokens/token-layout.js";
import { user } from "../support/sessions.js";
import { openApp } from "./app.js";

// The tables of docs/contract.md say what the code does.

const docs = join(import.meta.dirname, "../../../../docs");

async function sectionOf(number: string): Promise<string> {
  const page = number.startsWith("1.") ? "contract.md" : "contract-sessions.md";
  const text = await readFile(join(docs, page), "utf8");
  const [, section = ""] = text.split(`\n### ${number} `);
  return section.split("\n##")[0] ?? "";
}

/** The cells of the rows of the table in a section, without its heading. */
async function tableOf(number: string): Promise<string[][]> {
  const [, ...rows] = (await sectionOf(number)).match(/^\|.*(?=\|$)/gm) ?? [];
  expect(rows.length, number).toBeGreaterThan(1);
  return rows.slice(1).map((row) =>
    row
      .slice(1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

const quoted = (text = ""): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

/** What the first column names. */
async function namesIn(number: string): Promise<string[]> {
  return (await tableOf(number)).flatMap(([first]) => quoted(first));
}

interface Document {
  readonly paths: Record<string, Record<string, { readonly responses: object }>>;
}

/** Has every route that there may be. */
const openWithKeys = (): ReturnType<typeof openApp> =>
  openApp({ apiKeys: { scopes: [] } }, { kinds: { key: { refresh: false, prefix: "acme" } } });

test("§1.2 has the routes of the OpenAPI document, with their statuses", async () => {
  const document: Document = JSON.parse(JSON.stringify(openWithKeys().http.openapi()));
  const described: Record<string, string> = {};
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      // These two may be the answer of any route, and the text says so once.
      const statuses = Object.keys(responses).filter((status) => !/405|500/.test(status));
      const route = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`;
      described[route] = statuses.join(" ");
    }
  }
  const told: Record<string, string> = {};
  for (const [request, , success, errors = ""] of await tableOf("1.2")) {
    for (const name of quoted(request)) {
      const route = name.startsWith("/") ? `GET ${name}` : name;
      const fits = errors.includes("`") && !quoted(errors).some((path) => route.endsWith(path));
      told[route] = `${success} ${fits ? "" : errors.replace(/ *\(.*\)/, "")}`.trim();
    }
  }
  expect(told).toEqual(described);
});

test("§1.3 has the members of a session", async () => {
  const { call, signIn } = openApp();
  const { accessToken } = await signIn(user);
  const { json } = await call("GET", "/account/sessions", { token: accessToken.token });
  expect(json).toEqual({ sessions: [expect.any(Object)] });
  const [session] = Object.values(json ?? {}).flat();
  expect((await namesIn("1.3")).toSorted()).toEqual(Object.keys(session).toSorted());
});

const CODES: Readonly<Record<SessionErrorCode, true>> = {
  credential_missing: true,
  credential_invalid: true,
  user_type_forbidden: true,
  kind_forbidden: true,
  insufficient_scope: true,
  actor_forbidden: true,
  session_too_new: true,
  reauthentication_required: true,
  cross_site: true,
  throttled: true,
  session_limit: true,
  store_unavailable: true,
  malformed_request: true,
  internal: true,
};

test("§1.12 has each error with its status, its code and its headers", async () => {
  const isCode = (name: string): name is SessionErrorCode => Object.hasOwn(CODES, name);
  const thrown = Object.keys(CODES).map((code) => {
    const { status, errorCode, headers } = new SessionError(isCode(code) ? code : "internal");
    const { "www-authenticate": challenge, "retry-after": wait } = headers;
    return [`${status}`, errorCode, challenge ?? null, wait !== undefined];
  });
  const told = (await tableOf("1.12")).map(([status, code, when]) => [
    status,
    code,
    quoted(when).flatMap((text) => text.split("WWW-Authenticate: ")[1] ?? [])[0] ?? null,
    /With `Retry-After`/.test(when ?? ""),
  ]);
  expect(told.toSorted()).toEqual(thrown.toSorted());
});

test("§3.1 has the claims of an access token, and those that nobody may add", async () => {
  const { accessToken } = await openApp().signIn(user);
  const [, payload = ""] = accessToken.token.split(".");
  const claims = Object.keys(JSON.parse(Buffer.from(payload, "base64url").toString()));
  const told = await namesIn("3.1");
  const sometimes = ["rollcall_pending", "amr", "acr", "act", "rollcall_kind"];
  expect(told.toSorted()).toEqual([...claims, ...sometimes].toSorted());
  const [, others = ""] = (await sectionOf("3.1")).split("none of these nor");
  expect([...told, ...quoted(others.split(".")[0])].toSorted()).toEqual(RESERVED_CLAIMS.toSorted());
});

const EVENTS: Readonly<Record<SessionEventType, true>> = {
  "session.created": true,
  "session.renamed": true,
  "session.reauthenticated": true,
  "session.updated": true,
  "session.claims_outdated": true,
  "session.revoked": true,
  "session.evicted": true,
  "session.reuse_detected": true,
  "session.generation_ahead": true,
  "session.refreshed": true,
  "session.expired": true,
  "session.address_changed": true,
  "session.user_agent_changed": true,
  "device.first_seen": true,
};

test("§6.1 has the types of events", async () => {
  const told = (await tableOf("6.1")).map(([type]) => quoted(type)[0]);
  expect(told.toSorted()).toEqual(Object.keys(EVENTS).toSorted());
});

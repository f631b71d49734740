import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@hey-api/openapi-ts";
import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";
import { expect, onTestFinished, test } from "vitest";
import { type ClientProject, clientProject } from "./project.js";
import { type Application, application, user } from "./server.js";

// Clients are generated from the document that a server serves, compiled, and run against that server.

/** It ends what hangs: generators and compilers are slow on a busy machine. */
const PATIENCE = 300_000;

interface Tokens {
  readonly accessToken: { readonly token: string };
  readonly refreshToken: { readonly token: string };
}

async function signIn(url: string): Promise<Tokens> {
  const answer = await fetch(`${url}/sign-in`, { method: "POST" });
  const { tokens }: { readonly tokens: Tokens } = await answer.json();
  return tokens;
}

async function opened(): Promise<[Application, ClientProject]> {
  const app = await application();
  onTestFinished(app.close);
  const project = await clientProject();
  onTestFinished(project.remove);
  return [app, project];
}

/** Runs a program of `clients/` as one of four sessions, and looks at what it says and leaves. */
async function runs(app: Application, project: ClientProject, name: string): Promise<unknown> {
  const others = [await signIn(app.url), await signIn(app.url), await signIn(app.url)];
  const { accessToken, refreshToken } = await signIn(app.url);
  const before = (await app.sessions.list(user)).sessions;
  expect(before).toHaveLength(others.length + 1);
  const said = await project.run(`${name}.js`, app.url, accessToken.token, refreshToken.token);
  const ended = await Promise.all(before.map(({ id }) => app.sessions.get(user, id)));
  expect(ended.map((session) => session?.revokedReason).sort()).toEqual([
    "logout",
    "revoke_others",
    "revoke_others",
    "revoked",
  ]);
  return JSON.parse(said);
}

const SAID = {
  listed: 4,
  renamed: "Kitchen iPad",
  revoked: "Session revoked",
  notFound: "Session not found",
  others: 2,
  rotated: true,
  left: [true],
  loggedOut: "Logged out",
  after: "EC002",
};

async function schemaOf(url: string): Promise<string> {
  const document: OpenAPI3 = await (await fetch(`${url}/openapi.json`)).json();
  return astToString(await openapiTS(document));
}

test(
  "a client of openapi-typescript and openapi-fetch",
  async () => {
    const [app, project] = await opened();
    await project.write("schema.ts", await schemaOf(app.url));
    await project.copy("openapi-fetch.ts");
    await project.compile();
    expect(await runs(app, project, "openapi-fetch")).toEqual(SAID);
  },
  PATIENCE,
);

test(
  "a client of @hey-api/openapi-ts, which hears the events too",
  async () => {
    const [app, project] = await opened();
    await createClient({
      input: `${app.url}/openapi.json`,
      output: { path: join(project.path, "client"), module: { extension: ".js" } },
      logs: { level: "silent" },
    });
    await project.copy("hey-api.ts");
    await project.compile();
    expect(await runs(app, project, "hey-api")).toEqual({ ...SAID, heard: ["logout"] });
  },
  PATIENCE,
);

test(
  "the examples of docs/openapi.md compile",
  async () => {
    const [app, project] = await opened();
    await project.write("schema.ts", await schemaOf(app.url));
    await createClient({
      input: `${app.url}/openapi.json`,
      output: { path: join(project.path, "client"), module: { extension: ".js" } },
      logs: { level: "silent" },
    });
    const page = await readFile(join(import.meta.dirname, "../../../docs/openapi.md"), "utf8");
    const examples = [...page.matchAll(/^```typescript\n(.*?)^```/gms)].map(
      ([, code = ""]) => code,
    );
    expect(examples).toHaveLength(2);
    for (const [index, code] of examples.entries()) await project.write(`example${index}.ts`, code);
    await project.compile();
  },
  PATIENCE,
);

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installed, installPackage, must, type Project } from "../support/installed-package.js";

// What ships, as somebody gets it who installs it into an empty project: with none of the databases
// and frameworks that it can work with.

const root = join(import.meta.dirname, "../../../..");

let project: Project;

/** The element and its component are for pages, where there is a DOM. */
function forServers(entryPoint: string): boolean {
  return !/^rollcall\/(element|react)/.test(entryPoint);
}

beforeAll(async () => {
  project = await installPackage();
}, 180_000);

afterAll(() => project.remove());

test("the package holds what it needs and nothing else", async () => {
  const folder = join(project.path, "node_modules/rollcall");
  const names = await readdir(folder);
  const documents = ["ARCHITECTURE", "CHANGELOG", "README", "SECURITY", "THREAT-MODEL"];
  expect(names.toSorted()).toEqual(
    [
      ...documents.map((name) => `${name}.md`),
      "LICENSE",
      "dist",
      "docs",
      "package.json",
    ].toSorted(),
  );
  expect(await readdir(join(folder, "docs"))).toEqual(await readdir(join(root, "docs")));
  expect(await readdir(join(folder, "docs/images"))).toEqual(["account.png"]);
  const files = await readdir(join(folder, "dist"), { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    expect(file.name).toMatch(
      /\.(js|d\.ts)$|^custom-elements\.json$|^rollcall-sessions\.LICENSE\.txt$/,
    );
    expect(await readFile(join(file.parentPath, file.name), "utf8")).not.toContain(root);
  }
});

test("it brings no database, no framework and no install script with it", async () => {
  const lock = JSON.parse(
    await readFile(join(project.path, "node_modules/.package-lock.json"), "utf8"),
  );
  const packages: [string, { hasInstallScript?: boolean }][] = Object.entries(lock.packages);
  const names = packages.map(([path]) => path.replace(/^.*node_modules\//, ""));
  for (const name of ["pg", "libsql", "better-sqlite3", "express", "fastify", "vitest"]) {
    expect(names).not.toContain(name);
  }
  expect(packages.filter(([, entry]) => entry.hasInstallScript)).toEqual([]);
});

test("every entryPoint opens at run time", async () => {
  const program = `
    import { createRequire } from "node:module";
    const names = {};
    for (const entryPoint of ${JSON.stringify(project.entryPoints.filter(forServers))}) names[entryPoint] = Object.keys(await import(entryPoint)).sort();
    names.version = createRequire(import.meta.url)("rollcall/package.json").version;
    console.log(JSON.stringify(names));`;
  await project.write("entryPoints.mjs", program);
  const names = JSON.parse(await must(project.node("entryPoints.mjs")));
  expect(names).toMatchObject({
    rollcall: ["SessionError", "createKeyRing", "createSessions", "isSessionId"],
    "rollcall/memory": expect.arrayContaining(["memory"]),
    "rollcall/postgres": expect.arrayContaining(["postgres"]),
    "rollcall/sqlite": expect.arrayContaining(["sqlite"]),
    "rollcall/http": expect.arrayContaining(["createHttp"]),
    "rollcall/node": expect.arrayContaining(["toNodeHandler"]),
    "rollcall/express": ["principalOf", "rollcall"],
    "rollcall/fastify": ["rollcall"],
    "rollcall/hono": ["rollcall"],
    "rollcall/client": ["ClientError", "createClient"],
    "rollcall/next": ["rollcall"],
    "rollcall/next/edge": ["verifyWithoutRevocation"],
    "rollcall/testing": expect.arrayContaining(["manualClock"]),
    version: "0.1.0",
  });
});

test("it signs in, checks and ends a session", async () => {
  const program = `
    import { createSessions } from "rollcall";
    import { memory } from "rollcall/memory";
    const sessions = createSessions({ store: memory(), secret: "0123456789abcdef0123456789abcdef" });
    const user = { type: "user", id: 1 };
    const { session, tokens } = await sessions.start(user);
    const token = tokens.accessToken.token;
    const before = (await sessions.verify(token)).sessionId === session.id;
    await sessions.revoke(user, session.id);
    const after = await sessions.verify(token).catch((error) => error.code);
    console.log(before, after);
    await sessions.close();`;
  await project.write("walk.mjs", program);
  expect(await must(project.node("walk.mjs"))).toBe("true credential_invalid\n");
});

test.each([
  ["servers", forServers, ["es2023"]],
  ["pages", (entryPoint: string) => !forServers(entryPoint), ["es2023", "dom", "dom.iterable"]],
] as const)(
  "its types hold for strict %s that check libraries too",
  async (_, isWanted, lib) => {
    const wanted = [
      "rollcall",
      ...project.entryPoints.filter((entryPoint) => entryPoint !== "rollcall").filter(isWanted),
    ];
    const imports = wanted.map(
      (entryPoint, number) => `import * as entryPoint${number} from "${entryPoint}";\n`,
    );
    const used = wanted.map((_, number) => `entryPoint${number}`);
    const consumer = `
    ${imports.join("")}
    import { createSessions, type Session, SessionError, type SessionErrorCode } from "rollcall";
    import { memory } from "rollcall/memory";

    export const entryPoints = [${used.join(", ")}];
    export const sessions = createSessions({ store: memory(), secret: "x".repeat(32), idleTimeout: "7d" });
    export async function names(): Promise<readonly (string | null)[]> {
      const page = await sessions.list({ type: "user", id: 1n });
      return page.sessions.map((session: Session): string | null => session.name);
    }
    export function codeOf(error: unknown): SessionErrorCode | undefined {
      return error instanceof SessionError ? error.code : undefined;
    }
    // @ts-expect-error a duration has a unit
    createSessions({ store: memory(), secret: "", idleTimeout: "7 fortnights" });
    // @ts-expect-error sessions are read-only
    sessions.close = undefined;`;
    await project.write("consumer.ts", consumer);
    const compilerOptions = {
      target: "es2023",
      lib,
      module: "nodenext",
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    };
    await project.write(
      "tsconfig.json",
      JSON.stringify({ compilerOptions, files: ["consumer.ts"] }),
    );
    // Every TypeScript project for Node has these, and whoever uses an adapter has its framework.
    await project.link("@types/node", "@types/react", "fastify", "lit");
    await must(project.node(installed("typescript/bin/tsc"), "-p", "."));
  },
  60_000,
);

test("the component for React is the client's, and is rendered on a server", async () => {
  const file = join(project.path, "node_modules/rollcall/dist/react/index.js");
  expect(await readFile(file, "utf8")).toMatch(/^"use client";\n/);
  const program = `
    import { createElement } from "react";
    import { renderToString } from "react-dom/server";
    import { RollcallSessions } from "rollcall/react";
    console.log(renderToString(createElement(RollcallSessions, { id: "devices" })));`;
  await project.write("render.mjs", program);
  await project.link("lit", "react", "react-dom");
  const rendered = await must(project.node("render.mjs"));
  expect(rendered).toBe('<rollcall-sessions id="devices"></rollcall-sessions>\n');
});

test("publint and attw have nothing to say", async () => {
  const folder = join(project.path, "node_modules/rollcall");
  const lint = installed("publint/src/cli.js");
  expect(await must(project.node(lint, folder, "--strict", "--pack", "false"))).toMatch(/All good/);
  const attw = installed("@arethetypeswrong/cli/dist/index.js");
  await must(project.node(attw, project.tarball, "--profile", "esm-only"));
});

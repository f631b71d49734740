import { createRequire } from "node:module";
import { join } from "node:path";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build } from "esbuild";
import { type Plugin, rollup } from "rollup";
import { afterAll, beforeAll, expect, test } from "vitest";
import webpack from "webpack";
import { installPackage, must, type Project } from "../support/installed-package.js";

// One file made of an application and all that it needs of the package; it has to load where there are
// no packages, and to run.

const PROGRAM = `
import { createServer } from "node:http";
import { createSessions } from "rollcall";
import { rollcall as forExpress } from "rollcall/express";
import { rollcall as forFastify } from "rollcall/fastify";
import { rollcall as forHono } from "rollcall/hono";
import { createHttp } from "rollcall/http";
import { memory } from "rollcall/memory";
import { toNodeHandler } from "rollcall/node";
import { postgres } from "rollcall/postgres";
import { sqlite } from "rollcall/sqlite";

const sessions = createSessions({ store: memory(), secret: "0123456789abcdef0123456789abcdef" });
const http = createHttp({ sessions });
const handler = toNodeHandler(async (request) => {
  if (!request.url.endsWith("/sign-in")) return await http.fetch(request);
  const { body, headers } = await http.signIn(request, { type: "user", id: "ada" });
  return Response.json(body, { headers });
});
const server = createServer(handler).listen(0, "127.0.0.1", async () => {
  const url = "http://127.0.0.1:" + server.address().port;
  const { tokens } = await (await fetch(url + "/sign-in", { method: "POST" })).json();
  const headers = { Authorization: "Bearer " + tokens.accessToken.token };
  const listed = await fetch(url + "/account/sessions", { headers });
  const names = [forExpress(http).guard, forFastify, forHono(http).guard, postgres, sqlite];
  console.log(listed.status, (await listed.json()).sessions[0].lastIp, ...names.map((it) => typeof it));
  server.closeAllConnections();
  server.close();
  await sessions.close();
});
`;
// Its types are those of a CommonJS module, which it is not for those who import it.
const commonjs: () => Plugin = createRequire(import.meta.url)("@rollup/plugin-commonjs");

const SAID = "200 127.0.0.1 function function function function function\n";

let project: Project;

beforeAll(async () => {
  project = await installPackage();
  await project.write("app.mjs", PROGRAM);
}, 180_000);

afterAll(() => project.remove());

/** Runs what was made out of reach of the packages. */
async function ran(name: string): Promise<string> {
  const outside = join(project.path, "..", name);
  await must(project.run("mv", name, outside));
  return await must(project.node(outside));
}

test.each([
  ["esm", "mjs"],
  ["cjs", "cjs"],
] as const)("esbuild, %s", async (format, revocation) => {
  await build({
    absWorkingDir: project.path,
    entryPoints: ["app.mjs"],
    outfile: `esbuild.${revocation}`,
    bundle: true,
    platform: "node",
    format,
    logLevel: "error",
  });
  expect(await ran(`esbuild.${revocation}`)).toBe(SAID);
});

test.each([
  ["es", "mjs"],
  ["cjs", "cjs"],
] as const)("rollup, %s", async (format, revocation) => {
  const bundle = await rollup({
    input: join(project.path, "app.mjs"),
    plugins: [nodeResolve({ preferBuiltins: true }), commonjs()],
    external: [/^node:/],
    onwarn: ({ message }) => expect.unreachable(message),
  });
  const file = join(project.path, `rollup.${revocation}`);
  await bundle.write({ format, file, inlineDynamicImports: true });
  await bundle.close();
  expect(await ran(`rollup.${revocation}`)).toBe(SAID);
});

test("webpack", async () => {
  const compiler = webpack({
    context: project.path,
    entry: "./app.mjs",
    mode: "none",
    target: "node20",
    output: { path: project.path, filename: "webpack.cjs" },
  });
  const problems = await new Promise((resolve, reject) => {
    compiler.run((error, stats) =>
      error ? reject(error) : resolve(stats?.toString("errors-warnings")),
    );
  });
  expect(problems).toBe("webpack compiled successfully");
  expect(await ran("webpack.cjs")).toBe(SAID);
});

test("require() loads each entryPoint for servers, as Node 20.19 and later can", async () => {
  const entryPoints = project.entryPoints.filter(
    (entryPoint) => !/^rollcall\/(element|react)/.test(entryPoint),
  );
  await project.write(
    "entryPoints.cjs",
    `const { createSessions, SessionError } = require("rollcall");
     for (const entryPoint of ${JSON.stringify(entryPoints)}) require(entryPoint);
     console.log(typeof createSessions, require("rollcall/package.json").version);
     import("rollcall").then((again) => console.log(again.SessionError === SessionError));`,
  );
  // Node 20 says on stderr that it is new.
  const output = await must(project.node("--no-warnings", "entryPoints.cjs"));
  expect(output).toBe("function 0.1.0\ntrue\n");
});

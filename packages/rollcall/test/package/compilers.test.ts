import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installed, installPackage, type Project, type Run } from "../support/installed-package.js";

// What ships, under each compiler that its users may have, checking libraries too.

const root = join(import.meta.dirname, "../..");

const OPTIONS = {
  target: "es2022",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  skipLibCheck: false,
  noEmit: true,
};

/** Frameworks whose own types need a newer compiler than the oldest. */
const FASTIFY = "rollcall/fastify";
const HONO = "rollcall/hono";

interface Compiler {
  readonly version: string;
  readonly path: string;
  readonly resolution: "nodenext" | "bundler";
  /** The entryPoints to frameworks that it cannot compile themselves. */
  readonly without: readonly string[];
}

const ALL: readonly Compiler[] = (["nodenext", "bundler"] as const).flatMap((resolution) => [
  { version: "5.0", path: "typescript50", resolution, without: [FASTIFY, HONO] },
  { version: "5.4", path: "typescript54", resolution, without: [HONO] },
  { version: "5.9", path: "typescript59", resolution, without: [] },
  { version: "6.0", path: "typescript60", resolution, without: [] },
  { version: "7.0", path: "typescript", resolution, without: [] },
]);

/** The ends of the range here, in either way of resolving; every pair in CI (`.ci/run`). */
const compilers = ALL.filter(
  ({ version, resolution }) =>
    process.env["ROLLCALL_TEST_COMPILERS"] === "all" ||
    (version === "5.0" && resolution === "nodenext") ||
    (version === "7.0" && resolution === "bundler"),
);

/** What applications pass in, whose types each compiler reads in its own way. */
const CLIENTS = `
import BetterSqlite from "better-sqlite3";
import Libsql from "libsql";
import { memory } from "rollcall/memory";
import { sqlite } from "rollcall/sqlite";

export const stores = [
  sqlite(new Libsql("app.db")),
  sqlite(new BetterSqlite("app.db"), { synchronous: "normal" }),
  memory(),
];

/** What drizzle(…) gives back keeps its driver so. */
export const kept = (drizzle: { readonly $client: BetterSqlite.Database }) => sqlite(drizzle.$client);

// @ts-expect-error no database
sqlite({ exec: () => {} });
`;

/** Its types need TypeScript 5.7 themselves. */
const PG = `
import pg from "pg";
import type { Sessions } from "rollcall";
import { postgres } from "rollcall/postgres";

export const store = postgres(new pg.Pool());

export async function inTransactions(sessions: Sessions, client: pg.PoolClient): Promise<void> {
  await sessions.in(client).revokeAll({ type: "user", id: 1 });
  sessions.inSync().revokeAll({ type: "user", id: 1 });
}

// @ts-expect-error no client
postgres({ connect: () => {} });
`;

const EDGE = `
import { verifyWithoutRevocation } from "rollcall/next/edge";

export const callers = (request: Request, bytes: Uint8Array) =>
  Promise.all([
    verifyWithoutRevocation(request, { secret: bytes }),
    verifyWithoutRevocation(request, { secret: ["text", bytes, new Uint8Array(32)] }),
  ]);
`;

let project: Project;

beforeAll(async () => {
  project = await installPackage();
  await project.link(
    ...["@types/node", "@types/react", "fastify", "lit", "react"],
    ...["libsql", "@types/better-sqlite3", "pg", "@types/pg"],
  );
  await project.write("clients.mts", CLIENTS);
  await project.write("edge.mts", EDGE);
  await project.write("pg.mts", PG);
  await project.write("readme.mts", await readmeProgram());
}, 180_000);

afterAll(() => project.remove());

async function readmeProgram(): Promise<string> {
  const text = await readFile(join(root, "../../README.md"), "utf8");
  const [, program] = /^```ts\n(.*?)^```/ms.exec(text) ?? [];
  return program ?? expect.unreachable("README.md shows no program");
}

/** As servers compile, which have no DOM, and as applications with pages do, which have one. */
async function compile(compiler: Compiler): Promise<Run[]> {
  const { version, path, resolution, without } = compiler;
  const entryPoints = project.entryPoints.filter((entryPoint) => !without.includes(entryPoint));
  const lines = entryPoints.map(
    (entryPoint, number) => `export * as entryPoint${number} from "${entryPoint}";\n`,
  );
  await project.write(`entryPoints-${version}.mts`, lines.join(""));
  const clients = ["clients.mts", "edge.mts", "readme.mts"];
  if (!without.includes(HONO)) clients.push("pg.mts");
  const run = async (lib: readonly string[], files: readonly string[]): Promise<Run> => {
    const compilerOptions = {
      ...OPTIONS,
      lib,
      module: resolution === "nodenext" ? "nodenext" : "esnext",
      moduleResolution: resolution,
    };
    const name = `tsconfig.${version}-${resolution}-${lib.length}.json`;
    await project.write(name, JSON.stringify({ compilerOptions, files }));
    return await project.node(installed(join(path, "bin/tsc")), "-p", name);
  };
  return await Promise.all([
    run(["es2023"], clients),
    run(["es2023", "dom", "dom.iterable"], [`entryPoints-${version}.mts`]),
  ]);
}

test.each(compilers)(
  "TypeScript $version takes it, with $resolution",
  async (compiler) => {
    for (const { output } of await compile(compiler)) expect(output).toBe("");
  },
  600_000,
);

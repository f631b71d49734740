import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

const source = (path: string): string =>
  fileURLToPath(new URL(`packages/${path}`, import.meta.url));

/** As in tsconfig.json: tests, and what they run, name the package as its users do. */
const entryPoints: Readonly<Record<string, string>> = {
  rollcall: "rollcall/src/index.ts",
  "rollcall/memory": "rollcall/src/stores/memory/index.ts",
  "rollcall/postgres": "rollcall/src/stores/postgres/index.ts",
  "rollcall/sqlite": "rollcall/src/stores/sqlite/index.ts",
  "rollcall/http": "rollcall/src/http/index.ts",
  "rollcall/node": "rollcall/src/adapters/node.ts",
  "rollcall/express": "rollcall/src/adapters/express.ts",
  "rollcall/fastify": "rollcall/src/adapters/fastify.ts",
  "rollcall/hono": "rollcall/src/adapters/hono.ts",
  "rollcall/next": "rollcall/src/adapters/next.ts",
  "rollcall/next/edge": "rollcall/src/adapters/next-edge.ts",
  "rollcall/client": "rollcall/src/client/index.ts",
  "rollcall/element": "rollcall/src/element/index.ts",
  "rollcall/element/define": "rollcall/src/element/define.ts",
  "rollcall/element/define-api-keys": "rollcall/src/element/define-api-keys.ts",
  "rollcall/react": "rollcall/src/react/index.ts",
  "rollcall-warlock": "warlock/src/index.ts",
  "rollcall/testing": "rollcall/src/testing/index.ts",
};

const alias = Object.entries(entryPoints).map(([name, path]) => ({
  find: new RegExp(`^${name}$`),
  replacement: source(path),
}));

/** One group of tests: `npx vitest run --project unit`. Every test file belongs to exactly one. */
function project(name: string, folders: readonly string[]): TestProjectInlineConfiguration {
  return {
    resolve: { alias },
    test: {
      name,
      include: folders.map((folder) => `${folder}/**/*.test.ts`),
      pool: "forks",
      // The event is awaited, not timed: a second is little on a busy machine.
      expect: { poll: { timeout: 10_000 } },
      // They end what hangs, and measure nothing: a browser among other work is many times slower.
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  };
}

const rollcall = (...folders: string[]): string[] =>
  folders.map((folder) => `packages/rollcall/test/${folder}`);

export default defineConfig({
  test: {
    // Servers that several projects need are started once in a run, by the first test that asks.
    globalSetup: ["packages/rollcall/test/support/global-setup.ts"],
    // By default one core is left idle, which of two is half. Tests wait more than they compute.
    maxWorkers: "100%",
    projects: [
      project("unit", rollcall("core", "testing")),
      project("stores", rollcall("stores", "property")),
      project("http-and-adapters", [
        ...rollcall("asvs", "http", "adapters", "types"),
        "packages/warlock/test",
        "packages/openapi-clients/test",
      ]),
      project("browser", rollcall("browser", "client", "element")),
      project("demo-and-examples", ["demo/test", "examples/test"]),
      project("faults", rollcall("faults")),
      project("repository", ["test", ...rollcall("package")]),
    ],
  },
});

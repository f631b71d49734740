import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

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
  "rollcall/react": "rollcall/src/react/index.ts",
  "rollcall-warlock": "warlock/src/index.ts",
  "rollcall/testing": "rollcall/src/testing/index.ts",
};

export default defineConfig({
  resolve: {
    alias: Object.entries(entryPoints).map(([name, path]) => ({
      find: new RegExp(`^${name}$`),
      replacement: source(path),
    })),
  },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "{demo,examples}/test/**/*.test.ts",
      "test/*.test.ts",
    ],
    globalSetup: ["packages/rollcall/test/support/global-setup.ts"],
    pool: "forks",
    // The event is awaited, not timed: a second is little on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    // They end what hangs, and measure nothing: a browser among other work is many times slower.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

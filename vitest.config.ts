import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/** As in tsconfig.json: tests, and what they run, name the package as its users do. */
const doors: Readonly<Record<string, string>> = {
  rollcall: "index.ts",
  "rollcall/memory": "stores/memory/index.ts",
  "rollcall/postgres": "stores/postgres/index.ts",
  "rollcall/sqlite": "stores/sqlite/index.ts",
  "rollcall/http": "http/index.ts",
  "rollcall/node": "adapters/node.ts",
  "rollcall/express": "adapters/express.ts",
  "rollcall/fastify": "adapters/fastify.ts",
  "rollcall/hono": "adapters/hono.ts",
  "rollcall/next": "adapters/next.ts",
  "rollcall/next/edge": "adapters/next-edge.ts",
  "rollcall/client": "client/index.ts",
  "rollcall/element": "element/index.ts",
  "rollcall/element/define": "element/define.ts",
  "rollcall/react": "react/index.ts",
  "rollcall/warlock": "warlock/index.ts",
  "rollcall/testing": "testing/index.ts",
};

export default defineConfig({
  resolve: {
    alias: Object.entries(doors).map(([name, path]) => ({
      find: new RegExp(`^${name}$`),
      replacement: source(path),
    })),
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    // The event is awaited, not timed: a second is little on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    // They end what hangs, and measure nothing: a browser among other work is many times slower.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

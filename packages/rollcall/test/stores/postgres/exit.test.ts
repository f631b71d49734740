import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresAvailable } from "../../support/postgres.js";
import { afterwards, newDatabase } from "./fixtures.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Uses Rollcall as a script does that forgets to close it. */
const SCRIPT = `
  import { Pool } from "pg";
  import { createSessions } from "./src/index.js";
  import { postgres } from "./src/stores/postgres/index.js";
  const [url, what] = process.argv.slice(2);
  // Its own idle clients keep a process for ten seconds, with or without Rollcall.
  const pool = new Pool({
    connectionString: url, idleTimeoutMillis: 50, connectionTimeoutMillis: 500 });
  pool.on("error", () => {});
  const store = postgres(pool);
  const main = async () => {
    const sessions = createSessions({ store, secret: "0123456789abcdef0123456789abcdef", onError() {} });
    if (what === "unreachable") return;
    await store.migrate();
    while (sessions.health().feed !== "hinted") await new Promise((done) => setTimeout(done, 10));
    const { tokens } = await sessions.start({ type: "user", id: "ada" });
    if (what === "listens") sessions.on("*", () => {});
    await sessions.verify(tokens.accessToken.token);
    console.log("done");
  };
  main();`;

let folder = "";
let script = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rollcall-exit-"));
  script = join(folder, "script.cjs");
  await build({
    stdin: { contents: SCRIPT, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["pg-native", "cloudflare:sockets"],
    outfile: script,
    logLevel: "error",
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a script says until it has ended by itself. */
async function run(url: string, what: string): Promise<string> {
  const child = spawn(process.execPath, [script, url, what], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  afterwards(async () => child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  return `${said.trim()} ${code}`;
}

describe.skipIf(!postgresAvailable)("a script that closes nothing", () => {
  for (const what of ["asks", "listens"]) {
    test(`ends by itself: ${what}`, async () => {
      expect(await run((await newDatabase()).url, what)).toBe("done 0");
    });
  }
});

test("a server that takes connections and says nothing does not keep a script either", async () => {
  const server = createServer(() => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") expect.unreachable();
  afterwards(async () => server.close());
  expect(await run(`postgres://u@127.0.0.1:${address.port}/x`, "unreachable")).toBe(" 0");
});

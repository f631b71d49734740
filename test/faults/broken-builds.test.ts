import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { dataFolder, PASSWORD } from "../support/demo.js";
import { createDatabase, postgresAvailable } from "../support/postgres.js";
import { check, type Violation } from "./checker.js";
import type { Entry } from "./log.js";
import { type Server, startServer } from "./servers.js";
import { startTcpProxy } from "./tcp-proxy.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BOUND = 2000;

/** A build with one thing switched off. */
interface Breakage {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

async function buildWith(breakage: Breakage | null): Promise<string> {
  const folder = await dataFolder();
  for (const part of ["package.json", "dist", "demo/dist", "demo/page"]) {
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  if (breakage !== null) {
    const path = join(folder, "dist/core", breakage.file);
    const text = await readFile(path, "utf8");
    expect(text.split(breakage.from)).toHaveLength(2);
    await writeFile(path, text.replace(breakage.from, breakage.to));
  }
  return join(folder, "demo/dist/main.js");
}

/** A database, and the way to start servers of a build on it, through a proxy or not. */
async function scene(main: string, environment: Record<string, string> = {}) {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const direct = new URL(database.url);
  const proxy = await startTcpProxy(Number(direct.port));
  onTestFinished(() => proxy.close());
  const through = new URL(database.url);
  through.port = String(proxy.port);
  const shared = {
    ROLLCALL_DATA: await dataFolder(),
    ROLLCALL_SECRET: "a secret for the servers of a broken build",
    ...environment,
  };
  const entries: Entry[] = [];
  return {
    proxy,
    entries,
    start: (index: number, proxied: boolean, shift = 0): Promise<Server> =>
      startServer(index, {
        environment: { ...shared, DATABASE_URL: proxied ? through.href : direct.href },
        options: { main },
        shift,
      }),
    async signIn(server: Server): Promise<string> {
      const body = { email: "ada@example.com", password: PASSWORD };
      const answer = await server.ask("POST", "/auth/login", { body });
      return JSON.parse(answer.text).tokens.accessToken.token;
    },
    async ask(kind: "check" | "revoke", server: Server, token: string): Promise<Entry> {
      const [method, path] = kind === "check" ? ["GET", "/me"] : ["POST", "/auth/logout"];
      const { sent, done, status } = await server.ask(method ?? "", path ?? "", { token });
      const entry = { kind, server: server.index, session: 1, sent, done, status };
      entries.push(entry);
      return entry;
    },
  };
}

type Rules = readonly Violation["rule"][];

function rulesOf(entries: readonly Entry[]): Rules {
  const outage = { name: "the scenario itself", from: 0, to: Number.POSITIVE_INFINITY };
  const found = check({ entries, faults: [outage] }, { maxStaleness: BOUND, recovery: 0 });
  return [...new Set(found.map(({ rule }) => rule))];
}

/** A session ends at one server while another is asked on and on, until well past the bound. */
async function endedElsewhere(main: string, stalled: boolean): Promise<Rules> {
  const { start, signIn, ask, proxy, entries } = await scene(main);
  const [here, there] = [await start(0, false), await start(1, true)];
  const token = await signIn(here);
  expect((await ask("check", there, token)).status).toBe(200);
  if (stalled) proxy.stall();
  const { done } = await ask("revoke", here, token);
  let last = done;
  while (last < done + BOUND + 500) last = (await ask("check", there, token)).sent;
  proxy.resume();
  return rulesOf(entries);
}

/** A server whose clock is behind starts when the token has run out by everybody else's. */
async function startedLate(main: string): Promise<Rules> {
  const environment = { ROLLCALL_ACCESS_TOKEN_TTL: "3s" };
  const { start, signIn, ask, entries } = await scene(main, environment);
  const here = await start(0, false);
  const token = await signIn(here);
  const { done } = await ask("revoke", here, token);
  let last = done;
  while (last < done + 3500) last = (await ask("check", here, token)).sent;
  const behind = await start(1, false, -10_000);
  await ask("check", behind, token);
  return rulesOf(entries);
}

const builds: readonly {
  readonly name: string;
  readonly breakage: Breakage;
  readonly scenario: (main: string) => Promise<Rules>;
}[] = [
  {
    name: "the fallback beyond maxStaleness",
    breakage: {
      file: "feed.js",
      from: "return age >= 0 && age <= maxStaleness && clock.monotonic() - asOf.monotonic <= maxStaleness;",
      to: "return true;",
    },
    scenario: (main) => endedElsewhere(main, true),
  },
  {
    name: "the catch-up",
    breakage: { file: "feed.js", from: "terms.apply(page);", to: "" },
    scenario: (main) => endedElsewhere(main, false),
  },
  {
    name: "the margin for clock skew",
    breakage: {
      file: "revocation-index.js",
      from: "FORGET_MARGIN = 60_000",
      to: "FORGET_MARGIN = 0",
    },
    scenario: startedLate,
  },
];

describe.skipIf(!postgresAvailable)("a build with one thing switched off is reported", () => {
  for (const { name, breakage, scenario } of builds) {
    test(`${name}: on`, async () => {
      expect(await scenario(await buildWith(null))).toEqual([]);
    });
    test(`${name}: off`, async () => {
      expect(await scenario(await buildWith(breakage))).toContain("accepted after the bound");
    });
  }
});

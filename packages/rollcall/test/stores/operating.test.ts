import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import type { Pool } from "pg";
import { createSessions, type SessionStore, type Sessions } from "rollcall";
import { createHttp } from "rollcall/http";
import { memory } from "rollcall/memory";
import { toNodeHandler } from "rollcall/node";
import { postgres } from "rollcall/postgres";
import { manualClock } from "rollcall/testing";
import { describe, expect, test, vi } from "vitest";
import { importModule, modulesOf } from "../support/document-modules.js";
import { listen } from "../support/listen.js";
import { createDatabase, postgresAvailable, type TestDatabase } from "../support/postgres.js";

// What docs/operating.md shows, as it stands there, and what it says one sees.

const page = join(import.meta.dirname, "../../../../docs/operating.md");
const modules = await modulesOf(page);
const secret = "0123456789abcdef0123456789abcdef";
const user = { type: "user", id: 1 };
const DAY = 86_400_000;

async function load(heading: string): Promise<object> {
  const loaded = await importModule(modules.get(heading) ?? expect.unreachable(heading));
  return typeof loaded === "object" && loaded !== null ? loaded : expect.unreachable();
}

interface OnPool {
  readonly pool: Pool;
  readonly store: SessionStore;
}

function isOnPool(loaded: object): loaded is OnPool {
  return "pool" in loaded && "store" in loaded;
}

async function withDatabase(work: (database: TestDatabase) => Promise<void>): Promise<void> {
  const database = await createDatabase();
  process.env["DATABASE_URL"] = database.url;
  process.env["DATABASE_DIRECT_URL"] = database.url;
  try {
    await work(database);
  } finally {
    await database.drop();
  }
}

describe.skipIf(!postgresAvailable)("on a Postgres server", () => {
  test("without migrate() everything is a 503 that says so; the program mends it", () =>
    withDatabase(async (database) => {
      const told: string[] = [];
      const store = postgres(database.pool());
      const onError = (error: Error) => told.push(error.message);
      const sessions = createSessions({ store, secret, storeTimeout: "30s", onError });
      try {
        const http = createHttp({ sessions });
        await expect(sessions.start(user)).rejects.toMatchObject({ status: 503 });
        const probe = await http.fetch(new Request("http://app.example/healthz"));
        expect(probe.status).toBe(503);
        await expect.poll(() => told).toHaveLength(1);
        const shown = (await readFile(page, "utf8")).replaceAll(/\s+/g, " ");
        expect(shown).toContain(`rollcall: ${told[0]}`);
        expect(`changes could not be read: ${sessions.health().lastError}`).toBe(told[0]);

        await load("Migrations");
        await sessions.start(user);
      } finally {
        await sessions.close();
      }
    }));

  test.each(["Connections to Postgres", "PgBouncer"])("%s", (heading) =>
    withDatabase(async () => {
      await load("Migrations");
      const loaded = await load(heading);
      if (!isOnPool(loaded)) expect.unreachable();
      const sessions = createSessions({ store: loaded.store, secret, storeTimeout: "30s" });
      await sessions.start(user);
      await expect.poll(() => sessions.health().feed).toBe("hinted");
      await sessions.close();
      await loaded.pool.end();
    }),
  );
});

interface Tidying {
  readonly tidyUp: (sessions: Sessions) => Promise<void>;
}

function isTidying(loaded: object): loaded is Tidying {
  return "tidyUp" in loaded;
}

test("sessions are kept until olderThan beyond their absolute limit", async () => {
  const loaded = await load("Purge and retention");
  if (!isTidying(loaded)) expect.unreachable();
  const clock = manualClock();
  const sessions = createSessions({ store: memory(), secret, clock });
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    const { session } = await sessions.start(user);
    await sessions.revoke(user, session.id);
    clock.advance(59 * DAY);
    expect(await sessions.purge()).toBe(0);
    clock.advance(2 * DAY);
    await loaded.tidyUp(sessions);
    clock.advance(60 * DAY);
    await loaded.tidyUp(sessions);
    expect(log.mock.calls).toEqual([["purged 0 sessions"], ["purged 1 sessions"]]);
  } finally {
    log.mockRestore();
    await sessions.close();
  }
});

interface Stopping {
  readonly stop: (
    server: Server,
    sessions: Sessions,
    endPool: () => Promise<void>,
    grace: number,
  ) => Promise<void>;
}

function isStopping(loaded: object): loaded is Stopping {
  return "stop" in loaded;
}

test("a process stops although an event stream is open", async () => {
  const loaded = await load("Stopping a process");
  if (!isStopping(loaded)) expect.unreachable();
  const sessions = createSessions({ store: memory(), secret });
  const server = createServer(toNodeHandler(createHttp({ sessions }).fetch));
  const { tokens } = await sessions.start(user);
  const { url } = await listen(server);
  const headers = { Authorization: `Bearer ${tokens.accessToken.token}` };
  const stream = await fetch(`${url}/account/sessions/events`, { headers });
  expect(stream.status).toBe(200);
  const ended: string[] = [];
  await loaded.stop(server, sessions, async () => void ended.push("pool"), 1);
  expect(ended).toEqual(["pool"]);
  expect(server.listening).toBe(false);
  await expect(stream.text()).rejects.toThrow();
});

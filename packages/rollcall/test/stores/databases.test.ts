import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import type { Pool } from "pg";
import { createSessions, type SessionStore, type Sessions } from "rollcall";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importModule, modulesOf } from "../support/document-modules.js";
import { proxyNeon } from "../support/neon-proxy.js";
import { createDatabase, postgresAvailable } from "../support/postgres.js";
import { createPrisma } from "../support/prisma.js";

// Every module of docs/databases.md, as it stands there: the store works, and what is done in a
// transaction of its ORM's takes effect if and only if that commits.

const page = join(import.meta.dirname, "../../../../docs/databases.md");
const modules = await modulesOf(page);
const secret = "0123456789abcdef0123456789abcdef";
const user = { type: "user", id: 1 };

/** The commit fails for a password that is not among these. */
const TABLES = `
  create table passwords (hash text primary key);
  insert into passwords values ('old'), ('new');
  create table accounts (
    id integer primary key,
    password text not null references passwords deferrable initially deferred
  );
  insert into accounts values (1, 'old');`;

type ChangePassword = (sessions: Sessions, id: number, hash: string) => void | Promise<void>;

interface Example {
  readonly store: SessionStore;
  readonly changePassword: ChangePassword;
  readonly close: () => unknown;
}

interface Handle {
  exec(sql: string): unknown;
}

async function load(heading: string): Promise<object> {
  const loaded = await importModule(modules.get(heading) ?? expect.unreachable(heading));
  return typeof loaded === "object" && loaded !== null ? loaded : expect.unreachable();
}

function isExample(loaded: object): loaded is Example {
  return "store" in loaded && "changePassword" in loaded && "close" in loaded;
}

function exampleOf(loaded: object): Example {
  return isExample(loaded) ? loaded : expect.unreachable(Object.keys(loaded).join());
}

function hasHandle(loaded: object): loaded is { readonly db: Handle } {
  return "db" in loaded;
}

/** The same, where each ending in a transaction comes with everything else that can be in one. */
function busy(sessions: Sessions): Sessions {
  return {
    ...sessions,
    in(client) {
      const inside = sessions.in(client);
      const revokeAll: typeof inside.revokeAll = async (...args) => {
        const device = { userAgent: "curl/8.5.0", ip: "::1", place: "Zürich? $1" };
        const started = await inside.start({ type: "user", id: "other" }, { device });
        await inside.start({ type: "user", id: "other" }, { replaces: started.session.id });
        await inside.revokeOthers({ type: "user", id: "other" }, started.session.id);
        await inside.erase({ type: "user", id: "nobody" });
        return inside.revokeAll(...args);
      };
      return { ...inside, revokeAll };
    },
    inSync() {
      const inside = sessions.inSync();
      const revokeAll: typeof inside.revokeAll = (...args) => {
        const started = inside.start({ type: "user", id: "other" });
        inside.revoke({ type: "user", id: "other" }, started.session.id);
        inside.erase({ type: "user", id: "nobody" });
        return inside.revokeAll(...args);
      };
      return { ...inside, revokeAll };
    },
  };
}

async function walk({ store, changePassword, close }: Example, feed: string): Promise<void> {
  await store.migrate();
  const sessions = createSessions({ store, secret, maxPerUser: 2, storeTimeout: "30s" });
  try {
    const other = { type: "user", id: "other" };
    const change = async (hash: string) => changePassword(busy(sessions), 1, hash);
    await sessions.start(user);
    const { tokens } = await sessions.start(user, { metadata: { list: [1, null, "ä"] } });
    const refreshed = await sessions.refresh(tokens.refreshToken.token);
    await sessions.start(user);
    const before = await sessions.list(user);
    expect(before.sessions.map(({ metadata }) => metadata)).toEqual([
      null,
      { list: [1, null, "ä"] },
    ]);

    await expect(change("unknown")).rejects.toThrow(/foreign ?key|query: commit/i);
    expect(await sessions.list(user)).toEqual(before);
    expect((await sessions.list(other)).sessions).toEqual([]);
    const { token } = refreshed.tokens.accessToken;
    expect((await sessions.verify(token)).user.id).toBe("1");

    await change("new");
    expect((await sessions.list(user)).sessions).toEqual([]);
    await expect
      .poll(() => sessions.verify(token).catch(({ code }) => code))
      .toBe("credential_invalid");
    await expect.poll(() => sessions.health().feed).toBe(feed);
    expect(sessions.health().lastError).toBeNull();
  } finally {
    await sessions.close();
    await close();
  }
}

describe.skipIf(!postgresAvailable)("on a Postgres server", () => {
  let endProxy = async (): Promise<void> => {};
  beforeAll(async () => {
    endProxy = await proxyNeon();
  });
  afterAll(() => endProxy());

  async function onServer(heading: string, complete: (loaded: object) => object = (as) => as) {
    const database = await createDatabase();
    try {
      const pool = database.pool();
      await pool.query(TABLES);
      process.env["DATABASE_URL"] = database.url;
      await walk(exampleOf(complete(await load(heading))), "hinted");
      const { rows } = await pool.query("select password from accounts");
      expect(rows).toEqual([{ password: "new" }]);
    } finally {
      await database.drop();
    }
  }

  test.each(["pg", "Drizzle", "Kysely", "Knex", "Neon serverless", "Postgres.js"])(
    "%s",
    (heading) => onServer(heading),
  );

  test("Prisma", () =>
    onServer("Prisma", (loaded) => {
      if (!isOfPrisma(loaded)) expect.unreachable();
      const prisma = createPrisma(new PrismaPg(loaded.pool));
      return { ...loaded, changePassword: loaded.passwordChanger(prisma) };
    }));
});

interface OfPrisma {
  readonly pool: Pool;
  readonly passwordChanger: (prisma: ReturnType<typeof createPrisma>) => ChangePassword;
}

function isOfPrisma(loaded: object): loaded is OfPrisma {
  return "pool" in loaded && "passwordChanger" in loaded;
}

test("PGlite", async () => {
  const loaded = await load("PGlite");
  if (!hasHandle(loaded)) expect.unreachable();
  await loaded.db.exec(TABLES);
  await walk(exampleOf(loaded), "polling");
  // It compiles a whole Postgres first, which takes a busy machine long.
}, 180_000);

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

test.for<[string, boolean, string]>([
  ["better-sqlite3", major >= 22, "Node 22"],
  ["libsql", true, ""],
  ["node:sqlite", major > 22 || (major === 22 && minor >= 16), "Node 22.16"],
])("%s", async ([heading, isThere, needs], context) => {
  if (!isThere) return context.skip(`it needs ${needs}`);
  const folder = await mkdtemp(join(tmpdir(), "rollcall-databases-"));
  try {
    process.env["DATABASE_FILE"] = join(folder, "app.db");
    const loaded = await load(heading);
    if (!hasHandle(loaded)) expect.unreachable();
    loaded.db.exec(`pragma foreign_keys = on; ${TABLES}`);
    await walk(exampleOf(loaded), "hinted");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("there is no module that no test runs", () => {
  expect([...modules.keys()].toSorted()).toEqual(
    [
      "pg",
      "Drizzle",
      "Kysely",
      "Knex",
      "Prisma",
      "Neon serverless",
      "Postgres.js",
      "PGlite",
      "better-sqlite3",
      "libsql",
      "node:sqlite",
    ].toSorted(),
  );
});

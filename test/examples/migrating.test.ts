import { Client } from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Example, openExample } from "../support/example.js";
import { createDatabase, postgresAvailable } from "../support/postgres.js";
import { type Browser, ORIGIN, openBrowser } from "./cookie-browser.js";

/** A library whose sessions are taken over, by the applications of examples/migrating. */
interface Library {
  readonly name: string;
  /** The table of its sessions, and its column for their end. */
  readonly table: string;
  readonly expiry: string;
  readonly cookie: string;
  signIn(browser: Browser): Promise<void>;
  /** What `/me` answers. */
  readonly user: string;
}

const login =
  (name: string, password: string) =>
  async (browser: Browser): Promise<void> => {
    expect((await browser.send("POST", "/login", { name, password })).status).toBe(200);
  };

const account = { name: "Ada", email: "ada@example.com", password: "lovelace-1815" };

const libraries: readonly Library[] = [
  {
    name: "express-session",
    table: "session",
    expiry: "expire",
    cookie: "connect.sid",
    signIn: login("ada", "lovelace"),
    user: "ada",
  },
  {
    name: "lucia",
    table: "user_session",
    expiry: "expires_at",
    cookie: "auth_session",
    signIn: login("ada", "lovelace"),
    user: "ada",
  },
  {
    name: "better-auth",
    table: "session",
    expiry: '"expiresAt"',
    cookie: "__Secure-better-auth.session_token",
    async signIn(browser) {
      const up = await browser.send("POST", "/api/auth/sign-up/email", account);
      if (up.status === 200) return;
      expect((await browser.send("POST", "/api/auth/sign-in/email", account)).status).toBe(200);
    },
    user: account.email,
  },
];

/** What the browser holds, less the note that it has been sent on. */
const held = (browser: Browser): string[] =>
  browser
    .cookies()
    .filter((name) => name !== "__Host-taking-over")
    .toSorted();

/** The last moment at which a sign-in can fail. */
const REFUSE_COMMITS = `
  create function refuse() returns trigger language plpgsql
    as $$ begin raise exception 'not now'; end $$;
  create constraint trigger refuse after insert on rollcall_sessions
    deferrable initially deferred for each row execute function refuse()`;

describe.skipIf(!postgresAvailable).each(libraries)("from $name", (library) => {
  /** Runs one of the two applications, on the same database. */
  type Run = (script: "before" | "after") => Promise<Example>;

  async function open(): Promise<{ run: Run; database: Client }> {
    const { url, drop } = await createDatabase();
    onTestFinished(drop);
    const database = new Client({ connectionString: url });
    await database.connect();
    onTestFinished(() => database.end());
    const run: Run = (script) =>
      openExample(`migrating/${library.name}/${script}.mjs`, { DATABASE_URL: url, ORIGIN });
    return { run, database };
  }

  /** Browsers that signed in to the old application, which has given way to the new one. */
  async function switched(
    count: number,
  ): Promise<{ browsers: Browser[]; run: Run; database: Client }> {
    const { run, database } = await open();
    const before = await run("before");
    const browsers = Array.from({ length: count }, () => openBrowser(before.url));
    for (const browser of browsers) {
      await library.signIn(browser);
      expect(await browser.json("GET", "/me")).toEqual([200, { user: library.user }]);
    }
    await before.stop();
    const after = await run("after");
    for (const browser of browsers) browser.goTo(after.url);
    return { browsers, run, database };
  }

  const listed = async (browser: Browser): Promise<unknown> =>
    await browser.json("GET", "/account/sessions");

  test("who was signed in still is, as a session that can be seen and ended", async () => {
    const { browsers, database } = await switched(2);
    const [laptop = expect.unreachable(), phone = expect.unreachable()] = browsers;
    expect(await laptop.json("GET", "/me")).toEqual([200, { user: library.user }]);
    expect(held(laptop)).toEqual(["__Host-rollcall-at", "__Host-rollcall-rt"]);
    expect(await listed(laptop)).toMatchObject([200, { sessions: [{ current: true }] }]);
    expect(await phone.json("GET", "/me")).toEqual([200, { user: library.user }]);
    expect(await listed(phone)).toMatchObject([200, { sessions: [{}, {}] }]);
    expect((await database.query(`select from ${library.table}`)).rowCount).toBe(0);
    expect(await laptop.json("DELETE", "/account/sessions")).toMatchObject([200, { revoked: 1 }]);
    expect(await phone.json("GET", "/me")).toMatchObject([401, { errorCode: "EC002" }]);
    await library.signIn(phone);
    expect(await phone.json("GET", "/me")).toEqual([200, { user: library.user }]);
    expect(await listed(phone)).toMatchObject([200, { sessions: [{}, {}] }]);
  });

  test("ten requests at once make one session, and none is refused", async () => {
    const { browsers } = await switched(1);
    const [laptop = expect.unreachable()] = browsers;
    const answers = await Promise.all(Array.from({ length: 10 }, () => laptop.json("GET", "/me")));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify([200, { user: library.user }])]),
    );
    const [, body] = await laptop.json("GET", "/account/sessions");
    expect(body).toMatchObject({ sessions: [{ current: true }] });
  });

  test("a copy of the old cookie is worth nothing once it has been taken over", async () => {
    const { browsers } = await switched(1);
    const [laptop = expect.unreachable()] = browsers;
    const thief = laptop.copy();
    expect((await laptop.json("GET", "/me"))[0]).toBe(200);
    expect(await thief.json("GET", "/me")).toMatchObject([401, { errorCode: "EC001" }]);
    expect(held(thief)).toEqual([]);
  });

  test("everywhere reaches those that have not come by yet", async () => {
    const { browsers } = await switched(2);
    const [laptop = expect.unreachable(), phone = expect.unreachable()] = browsers;
    await laptop.json("GET", "/me");
    expect(await laptop.json("POST", "/account/logout-everywhere")).toMatchObject([200, {}]);
    expect(await phone.json("GET", "/me")).toMatchObject([401, { errorCode: "EC001" }]);
    expect(held(phone)).toEqual([]);
  });

  test("what had run out, or is no session, is not taken over", async () => {
    const { browsers, database } = await switched(2);
    const [laptop = expect.unreachable(), phone = expect.unreachable()] = browsers;
    await database.query(
      `update ${library.table} set ${library.expiry} = now() - interval '1 second'`,
    );
    expect(await laptop.json("GET", "/me")).toMatchObject([401, { errorCode: "EC001" }]);
    phone.take(`${library.cookie}=s%3Amade-up.signature; Path=/; Secure`);
    expect(await phone.json("GET", "/me")).toMatchObject([401, { errorCode: "EC001" }]);
  });

  test("what the database does not commit signs nobody out, and nobody in", async () => {
    const { browsers, database } = await switched(1);
    const [laptop = expect.unreachable()] = browsers;
    const old = laptop.cookie(library.cookie);
    await database.query(REFUSE_COMMITS);
    expect((await laptop.send("GET", "/me")).status).toBeGreaterThanOrEqual(500);
    expect([old, laptop.cookie(library.cookie)]).toEqual([expect.any(String), old]);
    expect(held(laptop).join()).not.toContain("rollcall");
    await database.query("drop trigger refuse on rollcall_sessions");
    expect(await laptop.json("GET", "/me")).toEqual([200, { user: library.user }]);
  });
});

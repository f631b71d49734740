import { Client } from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Example, openExample } from "../../packages/rollcall/test/support/example.js";
import {
  createDatabase,
  postgresAvailable,
} from "../../packages/rollcall/test/support/postgres.js";
import { type Browser, ORIGIN, openBrowser, SHARED_DOMAIN } from "./cookie-browser.js";

type Person = "ada" | "grace";

/** A library whose sessions are taken over, by the applications of examples/migrating. */
interface Library {
  readonly name: string;
  /** The table of its sessions, and its column for their end. */
  readonly table: string;
  readonly expiry: string;
  readonly cookie: string;
  signIn(browser: Browser, person: Person): Promise<void>;
  /** What `/me` answers. */
  user(person: Person): string;
}

const passwords = { ada: "lovelace-1815", grace: "hopper-1906" };

async function login(browser: Browser, name: Person): Promise<void> {
  const [password] = passwords[name].split("-");
  expect((await browser.send("POST", "/login", { name, password })).status).toBe(200);
}

const emailOf = (person: Person): string => `${person}@example.com`;

const libraries: readonly Library[] = [
  {
    name: "express-session",
    table: "session",
    expiry: "expire",
    cookie: "connect.sid",
    signIn: login,
    user: (person) => person,
  },
  {
    name: "lucia",
    table: "user_session",
    expiry: "expires_at",
    cookie: "auth_session",
    signIn: login,
    user: (person) => person,
  },
  {
    name: "better-auth",
    table: "session",
    expiry: '"expiresAt"',
    cookie: "__Secure-better-auth.session_token",
    async signIn(browser, name) {
      const account = { name, email: emailOf(name), password: passwords[name] };
      const up = await browser.send("POST", "/api/auth/sign-up/email", account);
      if (up.status === 200) return;
      expect((await browser.send("POST", "/api/auth/sign-in/email", account)).status).toBe(200);
    },
    user: emailOf,
  },
];

/** What the browser holds, less the count of its tries. */
const held = (browser: Browser): string[] =>
  browser
    .cookies()
    .filter((name) => name !== "taking-over")
    .toSorted();

const ROLLCALL = ["__Host-rollcall-at", "__Host-rollcall-device", "__Host-rollcall-rt"];

/** The last moment at which a sign-in can fail. */
const REFUSE_COMMITS = `
  create function refuse() returns trigger language plpgsql
    as $$ begin raise exception 'not now'; end $$;
  create constraint trigger refuse after insert on rollcall_sessions
    deferrable initially deferred for each row execute function refuse()`;

/** Runs one of the two applications, on the same database. */
type Run = (script: "before" | "after") => Promise<Example>;

async function open(
  library: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ run: Run; database: Client }> {
  const { url, drop } = await createDatabase();
  onTestFinished(drop);
  const database = new Client({ connectionString: url });
  await database.connect();
  onTestFinished(() => database.end());
  const run: Run = (script) =>
    openExample(`migrating/${library}/${script}.mjs`, {
      ...environment,
      DATABASE_URL: url,
      ORIGIN,
    });
  return { run, database };
}

describe.skipIf(!postgresAvailable).each(libraries)("from $name", (library) => {
  const ada = [200, { user: library.user("ada") }];
  const grace = [200, { user: library.user("grace") }];
  const nobody = [401, expect.objectContaining({ errorCode: "EC001" })];

  /** Browsers that signed in to the old application, which has given way to the new one. */
  async function switched(
    people: readonly Person[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ browsers: Browser[]; url: string; database: Client }> {
    const { run, database } = await open(library.name, environment);
    const before = await run("before");
    const browsers: Browser[] = [];
    for (const person of people) {
      const browser = openBrowser(before.url);
      await library.signIn(browser, person);
      expect(await browser.json("GET", "/me")).toEqual([200, { user: library.user(person) }]);
      browsers.push(browser);
    }
    await before.stop();
    const { url } = await run("after");
    for (const browser of browsers) browser.goTo(url);
    return { browsers, url, database };
  }

  /** The old cookie of a browser, as somebody else may set it: where, the attributes say. */
  const oldCookie = (browser: Browser, attributes: string): string =>
    `${library.cookie}=${browser.cookie(library.cookie)}; Secure; ${attributes}`;

  const listed = async (browser: Browser): Promise<unknown> =>
    await browser.json("GET", "/account/sessions");

  test("who was signed in still is, as a session that can be seen and ended", async () => {
    const { browsers, database } = await switched(["ada", "ada"]);
    const [laptop = expect.unreachable(), phone = expect.unreachable()] = browsers;
    expect(await laptop.json("GET", "/me")).toEqual(ada);
    expect(held(laptop)).toEqual(ROLLCALL);
    expect(await listed(laptop)).toMatchObject([200, { sessions: [{ current: true }] }]);
    expect(await phone.json("GET", "/me")).toEqual(ada);
    expect(await listed(phone)).toMatchObject([200, { sessions: [{}, {}] }]);
    expect((await database.query(`select from ${library.table}`)).rowCount).toBe(0);
    expect(await laptop.json("DELETE", "/account/sessions")).toMatchObject([200, { revoked: 1 }]);
    expect(await phone.json("GET", "/me")).toMatchObject([401, { errorCode: "EC002" }]);
    await library.signIn(phone, "ada");
    expect(await phone.json("GET", "/me")).toEqual(ada);
    expect(await listed(phone)).toMatchObject([200, { sessions: [{}, {}] }]);
  });

  test("ten requests at once make one session, and none is refused", async () => {
    const { browsers } = await switched(["ada"]);
    const [laptop = expect.unreachable()] = browsers;
    const answers = await Promise.all(Array.from({ length: 10 }, () => laptop.json("GET", "/me")));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify(ada)]),
    );
    const [, body] = await laptop.json("GET", "/account/sessions");
    expect(body).toMatchObject({ sessions: [{ current: true }] });
  });

  test("the answer to a tab that was first may come late", async () => {
    const { browsers } = await switched(["ada"]);
    const [laptop = expect.unreachable()] = browsers;
    const first = laptop.copy();
    expect(await first.json("GET", "/me")).toEqual(ada);
    laptop.onRedirect((redirects) => {
      if (redirects < 2) return;
      for (const name of first.cookies()) {
        laptop.take(`${name}=${first.cookie(name)}; Path=/; Secure`);
      }
    });
    expect(await laptop.send("GET", "/me")).toMatchObject({ status: 200, redirects: 2 });
    expect(held(laptop)).toEqual(ROLLCALL);
  });

  test("a copy of the old cookie is worth nothing once it has been taken over", async () => {
    const { browsers } = await switched(["ada"]);
    const [laptop = expect.unreachable()] = browsers;
    const thief = laptop.copy();
    expect((await laptop.json("GET", "/me"))[0]).toBe(200);
    expect(await thief.json("GET", "/me")).toEqual(nobody);
    expect(held(thief)).toEqual([]);
  });

  test("everywhere reaches those that have not come by yet", async () => {
    const { browsers } = await switched(["ada", "ada"]);
    const [laptop = expect.unreachable(), phone = expect.unreachable()] = browsers;
    await laptop.json("GET", "/me");
    expect(await laptop.json("POST", "/account/logout-everywhere")).toMatchObject([200, {}]);
    expect(await phone.json("GET", "/me")).toEqual(nobody);
    expect(held(phone)).toEqual([]);
  });

  test("what had run out, or is no session, is not taken over", async () => {
    const { browsers, database } = await switched(["ada", "ada"]);
    const [laptop = expect.unreachable(), phone = expect.unreachable()] = browsers;
    await database.query(
      `update ${library.table} set ${library.expiry} = now() - interval '1 second'`,
    );
    expect(await laptop.json("GET", "/me")).toEqual(nobody);
    phone.take(`${library.cookie}=s%3Amade-up.signature; Path=/; Secure`);
    expect(await phone.json("GET", "/me")).toEqual(nobody);
  });

  test("what the database does not commit signs nobody out, and nobody in", async () => {
    const { browsers, database } = await switched(["ada"]);
    const [laptop = expect.unreachable()] = browsers;
    const old = laptop.cookie(library.cookie);
    await database.query(REFUSE_COMMITS);
    expect((await laptop.send("GET", "/me")).status).toBeGreaterThanOrEqual(500);
    expect([old, laptop.cookie(library.cookie)]).toEqual([expect.any(String), old]);
    expect(held(laptop).join()).not.toContain("rollcall");
    await database.query("drop trigger refuse on rollcall_sessions");
    expect(await laptop.json("GET", "/me")).toEqual(ada);
  });

  test("a cookie that was set for the whole domain goes as well", async () => {
    const { browsers } = await switched(["ada"], { COOKIE_DOMAIN: SHARED_DOMAIN });
    const [laptop = expect.unreachable()] = browsers;
    expect(await laptop.json("GET", "/me")).toEqual(ada);
    expect(held(laptop)).toEqual(ROLLCALL);
  });

  test("a cookie that does not go sends nobody round in circles", async () => {
    const { browsers, url } = await switched(["ada"]);
    const [laptop = expect.unreachable()] = browsers;
    const stranger = openBrowser(url);
    for (const attributes of [`Domain=${SHARED_DOMAIN}; Path=/`, "Path=/me"]) {
      const planted = oldCookie(laptop, attributes);
      laptop.take(planted);
      stranger.take(planted);
    }
    stranger.take(`taking-over=0; Domain=${SHARED_DOMAIN}; Path=/me`);
    expect(await laptop.send("GET", "/me")).toMatchObject({ status: 200, redirects: 1 });
    expect(held(laptop)).toContain(library.cookie);
    expect(await laptop.send("GET", "/me")).toMatchObject({ status: 200, redirects: 0 });
    expect(await stranger.send("GET", "/me")).toMatchObject({ status: 401, redirects: 2 });
    expect(await stranger.send("GET", "/me")).toMatchObject({ status: 401, redirects: 0 });
    const passerBy = openBrowser(url);
    passerBy.take(`not-${library.cookie}=1; Path=/`);
    expect(await passerBy.send("GET", "/me")).toMatchObject({ status: 401, redirects: 0 });
  });

  test("an old cookie makes nobody somebody else, a new sign-in does", async () => {
    const { browsers, database } = await switched(["ada", "grace"]);
    const [victim = expect.unreachable(), thief = expect.unreachable()] = browsers;
    expect(await victim.json("GET", "/me")).toEqual(ada);
    victim.take(oldCookie(thief, "Path=/"));
    expect(await victim.send("GET", "/me")).toMatchObject({ status: 200, redirects: 0 });
    expect(held(victim)).toEqual(ROLLCALL);
    expect(await victim.json("GET", "/me")).toEqual(ada);
    expect((await database.query(`select from ${library.table}`)).rowCount).toBe(1);
    await library.signIn(victim, "grace");
    expect(await victim.json("GET", "/me")).toEqual(grace);
  });

  test("a page of another site takes nothing over, a link on it does", async () => {
    const { browsers } = await switched(["ada"]);
    const [laptop = expect.unreachable()] = browsers;
    laptop.take(oldCookie(laptop, "Path=/; SameSite=None"));
    const image = await laptop.send("GET", "/me", undefined, "image on another site");
    expect(image).toMatchObject({ status: 401, redirects: 0 });
    // Guards refuse it, but not all is behind them.
    const form = await laptop.send("POST", "/nowhere", undefined, "form on another site");
    expect(form).toMatchObject({ status: 404, redirects: 0 });
    const link = await laptop.send("GET", "/me", undefined, "link on another site");
    expect(link).toMatchObject({ status: 200, redirects: 1 });
  });
});

describe.skipIf(!postgresAvailable)("from better-auth, which goes on", () => {
  const [, , library = expect.unreachable()] = libraries;

  test("what it renews is no new sign-in", async () => {
    const { run, database } = await open("better-auth", {});
    const before = await run("before");
    const thief = openBrowser(before.url);
    await library.signIn(thief, "grace");
    const { url } = await run("after");
    const victim = openBrowser(url);
    await library.signIn(victim, "ada");
    expect(held(victim)).toEqual(ROLLCALL);
    await database.query(`update session set "expiresAt" = now() + interval '1 hour'`);
    const value = thief.cookie(library.cookie);
    victim.take(`${library.cookie}=${value}; Domain=${SHARED_DOMAIN}; Path=/; Secure`);
    const renewed = await victim.send("GET", "/api/auth/get-session");
    expect(renewed.text).toContain("grace@example.com");
    const due = await database.query(
      `select from session where "expiresAt" < now() + interval '1 day'`,
    );
    expect(due.rowCount, "not renewed").toBe(0);
    expect(await victim.json("GET", "/me")).toEqual([200, { user: "ada@example.com" }]);
  });

  test("who does not want to be remembered is not, before and after", async () => {
    const { run, database } = await open("better-auth", {});
    const before = await run("before");
    const [laptop, phone] = [openBrowser(before.url), openBrowser(before.url)];
    await library.signIn(laptop, "ada");
    laptop.take("not-__Secure-better-auth.dont_remember=1; Path=/");
    const account = { email: "ada@example.com", password: passwords.ada, rememberMe: false };
    expect((await phone.send("POST", "/api/auth/sign-in/email", account)).status).toBe(200);
    const { url } = await run("after");
    for (const browser of [laptop, phone]) {
      browser.goTo(url);
      expect((await browser.send("GET", "/me")).status).toBe(200);
    }
    expect((await laptop.send("POST", "/api/auth/sign-in/email", account)).status).toBe(200);
    const sql = "select persistent from rollcall_sessions order by created_at";
    const { rows } = await database.query(sql);
    expect(rows.map(({ persistent }) => persistent)).toEqual([true, false, false]);
  });
});

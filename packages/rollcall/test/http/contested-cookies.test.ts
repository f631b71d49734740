import fc from "fast-check";
import type { TokenPair } from "rollcall";
import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { type Answer, type App, cookieJar, ORIGIN, openApp, request } from "./app.js";

// Cookies that occur twice: a browser that takes our prefix for what it is never sends such, others
// do, and so does any browser with the unprefixed cookies of development.

const AT = "__Host-rollcall-at";
const RT = "__Host-rollcall-rt";
const SAME = { "Sec-Fetch-Site": "same-origin" };
const MALLORY = { type: "user", id: "mallory" };

const openOne = (): App => openApp({ cookies: true, origin: ORIGIN });

const pairs = ({ accessToken, refreshToken }: TokenPair): string[] => [
  `${AT}=${accessToken.token}`,
  `${RT}=${refreshToken.token}`,
];

const list = (app: App, cookies: readonly string[]): Promise<Answer> =>
  app.call("GET", "/account/sessions", { headers: { Cookie: cookies.join("; ") } });

const left = async (app: App, { type, id } = user): Promise<number> =>
  (await app.sessions.list({ type, id })).sessions.length;

test("what is forged or dead beside ours counts for nothing, in whatever order", async () => {
  const app = openOne();
  const ours = pairs(await app.signIn(user));
  const dead = pairs(await app.signIn(MALLORY));
  await app.sessions.revokeAll(MALLORY);
  const foreign = pairs(await openApp({}, { secret: "x".repeat(32) }).signIn(MALLORY));
  for (const planted of [dead, foreign, [`${AT}=x`], [`${RT}=x`]]) {
    for (const cookies of [
      [...ours, ...planted],
      [...planted, ...ours],
    ]) {
      const answer = await list(app, cookies);
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []]);
    }
  }
  // With the access cookie gone, by the refresh cookie.
  const answer = await list(app, [...foreign, ours[1] ?? ""]);
  expect([answer.status, answer.headers.getSetCookie().length]).toEqual([200, 2]);
});

test("the same value twice is one cookie", async () => {
  const app = openOne();
  const ours = pairs(await app.signIn(user));
  expect((await list(app, [...ours, ...ours])).status).toBe(200);
});

test("two sessions that live: neither acts, both end, and signing in again helps", async () => {
  for (const order of [0, 1]) {
    const app = openOne();
    const both = [pairs(await app.signIn(user)), pairs(await app.signIn(MALLORY))];
    const planted = both[1] ?? [];
    const cookies = (order === 0 ? both : both.toReversed()).flat();
    const refused = await list(app, cookies);
    expect(refused.json).toMatchObject({ errorCode: "EC002" });
    expect(refused.headers.getSetCookie()).toHaveLength(2);
    expect([await left(app), await left(app, MALLORY)]).toEqual([0, 0]);
    const ours = pairs(await app.signIn(user));
    expect((await list(app, [...planted, ...ours])).status).toBe(200);
  }
});

test("of either name alone: an access cookie of one and refresh cookies of two prove nobody", async () => {
  const app = openOne();
  const [ours, planted] = [pairs(await app.signIn(user)), pairs(await app.signIn(MALLORY))];
  const answer = await list(app, [...planted, ours[1] ?? ""]);
  expect(answer.json).toMatchObject({ errorCode: "EC002" });
  const refresh = await app.call("POST", "/auth/refresh", {
    headers: { ...SAME, Cookie: [...ours, planted[1]].join("; ") },
  });
  expect([refresh.status, await left(app)]).toEqual([401, 0]);
});

test("signing in ends what was planted, so that what it sets stands alone at once", async () => {
  const app = openOne();
  const token = (await app.signIn(user)).accessToken.token;
  for (const Authorization of [undefined, `Bearer ${token}`]) {
    const planted = [...pairs(await app.signIn(MALLORY)), ...pairs(await app.signIn(MALLORY))];
    const bearer = Authorization === undefined ? {} : { Authorization };
    const headers = { ...SAME, ...bearer, Cookie: planted.join("; ") };
    const login = request("POST", "/login", { headers });
    const jar = cookieJar();
    jar.take(await app.http.signIn(login, user, { transport: "cookie" }));
    const answer = await list(app, [...planted, String(jar.header()["Cookie"])]);
    expect([answer.status, await left(app, MALLORY)]).toEqual([200, 0]);
  }
});

test("signing out ends all of them; from another site it ends none", async () => {
  const app = openOne();
  const Cookie = [...pairs(await app.signIn(user)), ...pairs(await app.signIn(MALLORY))].join("; ");
  const foreign = await app.call("POST", "/auth/logout", { headers: { Cookie } });
  expect([foreign.status, await left(app), await left(app, MALLORY)]).toEqual([403, 1, 1]);
  const answer = await app.call("POST", "/auth/logout", { headers: { ...SAME, Cookie } });
  expect([answer.status, answer.headers.getSetCookie().length]).toEqual([200, 2]);
  expect([await left(app), await left(app, MALLORY)]).toEqual([0, 0]);
});

test("a superseded one among them tells of a theft, whoever ends the rest", async () => {
  for (const path of ["/login", "/auth/logout"]) {
    const app = openOne();
    const { session, tokens } = await app.sessions.start(user);
    let { token } = tokens.refreshToken;
    for (let i = 0; i < 2; i++)
      token = (await app.sessions.refresh(token)).tokens.refreshToken.token;
    const Cookie = [...pairs(tokens), ...pairs(await app.signIn(MALLORY))].join("; ");
    const asked = request("POST", path, { headers: { ...SAME, Cookie } });
    if (path === "/login") await app.http.signIn(asked, MALLORY, { transport: "cookie" });
    else await app.http.fetch(asked);
    const ended = await app.sessions.get(user, session.id);
    expect(ended?.revokedReason).toBe("refresh_token_reuse");
  }
});

test("signing out ends what the body names too", async () => {
  const app = openOne();
  const Cookie = [...pairs(await app.signIn(user)), ...pairs(await app.signIn(MALLORY))].join("; ");
  const grace = { type: "user", id: "grace" };
  const { token } = (await app.signIn(grace)).refreshToken;
  const body = { refreshToken: token };
  const answer = await app.call("POST", "/auth/logout", { headers: { ...SAME, Cookie }, body });
  expect([answer.status, await left(app), await left(app, grace)]).toEqual([200, 0, 0]);
});

test("no text but SP and HTAB around a name makes it ours", async () => {
  const app = openOne();
  const { token } = (await app.signIn(user)).accessToken;
  const unit = fc
    .integer({ min: 0x01, max: 0xff })
    .map((code) => String.fromCharCode(code))
    .filter((text) => !/[\r\n;=]/.test(text));
  const around = fc.array(unit, { maxLength: 4 }).map((units) => units.join(""));
  await fc.assert(
    fc.asyncProperty(around, around, async (before, after) => {
      const headers = { get: (name: string) => (name === "cookie" ? cookie : null) };
      const cookie = `a=b;${before}${AT}${after}=${token}`;
      const proven = (await app.http.session({ method: "GET", headers })) !== null;
      expect(proven).toBe(/^[ \t]*$/.test(before + after));
    }),
    {
      examples: [
        ["\xA0", ""],
        ["", "\xA0"],
        ["\uFEFF", ""],
        ["\u2028", ""],
        ["\v", "\f"],
      ],
    },
  );
});

test("the token of a header loses no more than HTTP's own blanks", async () => {
  const app = openOne();
  const { token } = (await app.signIn(user)).accessToken;
  const proven = async (value: string): Promise<boolean> => {
    const headers = { get: (name: string) => (name === "authorization" ? value : null) };
    return (await app.http.session({ method: "GET", headers })) !== null;
  };
  const good = [`Bearer ${token}`, `bearer   ${token} \t`];
  expect(await Promise.all(good.map(proven))).toEqual([true, true]);
  for (const blank of ["\xA0", "\x85", "\v", "\f", "\u2003", "\uFEFF"]) {
    const bad = [`Bearer ${token}${blank}`, `Bearer${blank} ${token}`];
    expect(await Promise.all(bad.map(proven))).toEqual([false, false]);
  }
});

import type { UserReference } from "rollcall";
import { expect, test } from "vitest";
import { refusal } from "../support/sessions.js";
import { type Answer, type App, answerOf, cookieJar, ORIGIN, openApp, request } from "./app.js";

const customer = { type: "user", id: "ada" };
const staff = { type: "staff", id: "7" };
const SAME = { "Sec-Fetch-Site": "same-origin" };
const [AT, RT, ACTOR] = ["__Host-rollcall-at", "__Host-rollcall-rt", "__Host-rollcall-actor"];
const MINUTE = 60_000;

interface Browser extends App {
  readonly jar: ReturnType<typeof cookieJar>;
  send(method: string, path: string): Promise<Answer>;
  enter(user: UserReference): Promise<void>;
  act(user?: UserReference): Promise<Answer>;
  stop(): Promise<Answer>;
  me(): Promise<unknown>;
}

/** A browser in which a member of the staff is signed in. */
async function browser(app = openApp({ cookies: true, origin: ORIGIN })): Promise<Browser> {
  const { http } = app;
  const jar = cookieJar();
  const headers = () => ({ ...jar.header(), ...SAME });
  const taken = async (response: Response): Promise<Answer> => {
    jar.take(response);
    return answerOf(response);
  };
  const send: Browser["send"] = async (method, path) =>
    taken(await http.fetch(request(method, path, { headers: headers() })));
  const enter: Browser["enter"] = async (user) => {
    const sent = request("POST", "/sign-in", { headers: headers() });
    jar.take(await http.signIn(sent, user, { transport: "cookie" }));
  };
  await enter(staff);
  return {
    ...app,
    jar,
    send,
    enter,
    async act(user = customer) {
      const guarded = http.guard(async (sent) => {
        const { body, headers: set } = await http.actAs(sent, user);
        return Response.json(body, { headers: set });
      });
      return taken(await guarded(request("POST", "/act", { headers: headers() })));
    },
    stop: () => send("POST", "/auth/stop-acting"),
    async me() {
      const guarded = http.guard((_sent, { user, actor }) => Response.json([user, actor?.user]));
      const answer = await taken(await guarded(request("GET", "/me", { headers: headers() })));
      return answer.status === 200 ? answer.json : answer.status;
    },
  };
}

const names = (answer: Answer): string[] =>
  answer.headers.getSetCookie().map((line) => line.slice(0, line.indexOf("=")));

/** What a browser keeps of sessions; its own id, in another cookie, outlasts them. */
const held = ({ cookies }: Pick<Browser["jar"], "cookies">): string[] =>
  [...cookies.keys()].filter((name) => !name.endsWith("-device"));

test("there and back: three cookies, no token in a body, nobody's session left over", async () => {
  const { act, stop, me, jar, sessions } = await browser();
  const begun = await act();
  expect(begun.json).toEqual({
    accessExpiresAt: expect.any(String),
    // A quarter of the idle timeout of acting, which is 15 minutes.
    accessExpiresIn: 225,
    refreshExpiresAt: expect.any(String),
  });
  expect(names(begun)).toEqual([AT, RT, ACTOR]);
  for (const line of begun.headers.getSetCookie()) {
    expect(line).toMatch(/; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  }
  expect(await me()).toEqual([customer, staff]);

  const answer = await stop();
  expect([answer.status, answer.json]).toEqual([200, { message: "Stopped acting" }]);
  expect(names(answer)).toEqual([AT, RT, ACTOR]);
  expect(held(jar)).toEqual([AT, RT]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await me()).toEqual([staff, null]);
  expect((await sessions.list(customer)).sessions).toEqual([]);
  expect((await sessions.list(staff)).sessions).toHaveLength(1);
});

test("a way back whose answer was lost can be gone again, now or later", async () => {
  for (const later of [0, 10 * MINUTE]) {
    const { act, stop, me, jar, clock } = await browser();
    await act();
    const before = new Map(jar.cookies);
    await stop();
    for (const [name, value] of before) jar.cookies.set(name, value);
    clock.advance(later);
    expect((await stop()).status).toBe(200);
    expect(await me()).toEqual([staff, null]);
  }
});

test("an acting session that is over is a 401, never the staff member's; the way back stays", async () => {
  const { act, stop, me, clock, jar } = await browser();
  await act();
  clock.advance(16 * MINUTE);
  expect(await me()).toBe(401);
  expect(held(jar)).toEqual([ACTOR]);
  expect(await me()).toBe(401);
  expect((await stop()).status).toBe(200);
  expect(await me()).toEqual([staff, null]);
});

test("the customer ends it, and the staff member goes back", async () => {
  const { act, stop, me, sessions } = await browser();
  await act();
  await sessions.revokeAll(customer);
  expect(await me()).toBe(401);
  await stop();
  expect(await me()).toEqual([staff, null]);
});

test("a staff session that is ended while it acts leaves no way in", async () => {
  const { act, stop, me, jar, sessions } = await browser();
  await act();
  const kept = new Map(jar.cookies);
  await sessions.revokeAll(staff);
  for (const [name, value] of kept) jar.cookies.set(name, value);
  const answer = await stop();
  expect([answer.status, answer.json]).toMatchObject([401, { errorCode: "EC002" }]);
  expect(held(jar)).toEqual([]);
  for (const [name, value] of kept) jar.cookies.set(name, value);
  expect(await me()).toBe(401);
  jar.cookies.set(RT, kept.get(ACTOR) ?? "");
  jar.cookies.delete(AT);
  expect(await me()).toBe(401);
  expect((await sessions.list(customer)).sessions).toEqual([]);
});

test("whoever acts cannot act further, and keeps what they have", async () => {
  const { act, stop, me } = await browser();
  await act();
  const further = await act({ type: "user", id: "grace" });
  expect([further.status, further.json]).toMatchObject([403, { errorCode: "EC003" }]);
  // The tokens were rotated on the way, and the browser gets the new ones.
  expect(names(further)).toEqual([AT, RT]);
  expect(await me()).toEqual([customer, staff]);
  await stop();
  expect(await me()).toEqual([staff, null]);
});

test("the cookie of the way back proves nothing by itself", async () => {
  const { act, me, jar } = await browser();
  await act();
  jar.cookies.delete(AT);
  jar.cookies.delete(RT);
  expect(await me()).toBe(401);
});

test("a way back of somebody else's is refused, and ends what it proves", async () => {
  const victim = await browser();
  await victim.act();
  const thief = await browser(victim);
  await thief.act({ type: "user", id: "grace" });
  victim.jar.cookies.set(ACTOR, thief.jar.cookies.get(ACTOR) ?? "");
  const answer = await victim.stop();
  expect(answer.status).toBe(401);
  expect(held(victim.jar)).toEqual([]);
  expect(await thief.me()).toBe(401);
  expect((await thief.stop()).status).toBe(401);
  expect((await victim.sessions.list(customer)).sessions).toEqual([]);
});

test("a way back that occurs twice is refused, and all that it proves ends", async () => {
  const victim = await browser();
  await victim.act();
  const thief = await browser(victim);
  await thief.act({ type: "user", id: "grace" });
  const Cookie = `${victim.jar.header()["Cookie"]}; ${ACTOR}=${thief.jar.cookies.get(ACTOR)}`;
  const answer = await victim.call("POST", "/auth/stop-acting", { headers: { Cookie, ...SAME } });
  expect(answer.status).toBe(401);
  expect((await victim.sessions.list(staff)).sessions).toEqual([]);
  expect((await victim.sessions.list(customer)).sessions).toEqual([]);
});

test("nobody is taken back from a session in which nobody acts", async () => {
  const { act, stop, jar, me, enter } = await browser();
  await act();
  const way = jar.cookies.get(ACTOR) ?? "";
  await enter(customer);
  jar.cookies.set(ACTOR, way);
  // The sign-in has ended the staff member's session, so the cookie is dead.
  expect((await stop()).status).toBe(401);
  await enter(staff);
  await act();
  expect(await me()).toEqual([customer, staff]);
  jar.cookies.delete(AT);
  jar.cookies.set(RT, jar.cookies.get(ACTOR) ?? "");
  const answer = await stop();
  expect([answer.status, answer.json]).toMatchObject([
    400,
    { error: "You are not acting as anybody" },
  ]);
});

test("signing out, or in as somebody else, ends both sessions and clears the way back", async () => {
  for (const leave of ["out", "in", "out when it is over"]) {
    const { act, send, enter, jar, sessions, clock } = await browser();
    await act();
    if (leave === "out when it is over") clock.advance(16 * MINUTE);
    if (leave === "in") await enter(customer);
    else expect((await send("POST", "/auth/logout")).status).toBe(200);
    expect(held(jar)).toEqual(leave === "in" ? [AT, RT] : []);
    expect((await sessions.list(staff)).sessions).toEqual([]);
    expect((await sessions.list(customer)).sessions).toHaveLength(leave === "in" ? 1 : 0);
  }
});

test("a tab that refreshes with the old cookies meanwhile is taken for no thief", async () => {
  const { act, stop, me, jar, http, clock, sessions } = await browser();
  clock.advance(11 * MINUTE);
  const before = jar.header();
  const guarded = http.guard(() => new Response());
  await act();
  // Sent before, answered after: its cookies overwrite the new ones.
  const late = await guarded(request("GET", "/", { headers: before }));
  expect(late.status).toBe(200);
  clock.advance(5 * MINUTE);
  expect((await stop()).status).toBe(200);
  expect(await me()).toEqual([staff, null]);
  await act();
  jar.take(late);
  clock.advance(MINUTE);
  expect((await sessions.list(staff)).sessions).toHaveLength(1);
});

test("another site can neither begin it nor end it", async () => {
  const { act, jar, http, call } = await browser();
  await act();
  const from = { ...jar.header(), "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
  const stop = await call("POST", "/auth/stop-acting", { headers: from });
  expect([stop.status, stop.json]).toMatchObject([403, { errorCode: "EC007" }]);
  const begun = http.actAs(request("POST", "/act", { headers: from }), customer);
  expect((await refusal(begun)).code).toBe("cross_site");
  for (const sent of [
    http.actAs(request("GET", "/act", { headers: jar.header() }), customer),
    http.stopActing(request("GET", "/stop", { headers: jar.header() })),
  ]) {
    await expect(sent).rejects.toThrow(/must not be behind GET/);
  }
  const only = { Cookie: `${ACTOR}=${jar.cookies.get(ACTOR)}`, "Sec-Fetch-Site": "cross-site" };
  expect((await call("POST", "/auth/logout", { headers: only })).status).toBe(403);
});

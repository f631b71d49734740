import { createServer } from "node:http";
import { memory } from "rollcall/memory";
import { toNodeHandler } from "rollcall/node";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../support/listen.js";
import { counting, user } from "../support/sessions.js";
import { type App, cookieJar, ORIGIN, openApp, request } from "./app.js";

// Frameworks hand their handlers a copy of the request, each its own (React Router's loaders), and the
// answer is made where only the request that came is known.

const same = { "Sec-Fetch-Site": "same-origin" };
const copyOf = (original: Request): Request => new Request(original.url, original);

interface Visit extends App {
  readonly jar: ReturnType<typeof cookieJar>;
  readonly counts: ReadonlyMap<string, number>;
  /** A view whose loaders, one after another, get copies. */
  view(loaders?: number): Promise<Response>;
}

async function visit(options: Parameters<typeof openApp>[1] = {}): Promise<Visit> {
  const { store, counts } = counting(memory());
  const app = openApp({ cookies: true, origin: ORIGIN }, { ...options, store });
  const jar = cookieJar();
  const login = request("POST", "/login", { headers: same });
  const { headers } = await app.http.signIn(login, user, { transport: "cookie" });
  jar.take({ headers });
  const view = async (loaders = 1): Promise<Response> => {
    const came = request("GET", "/page", { headers: { ...same, ...jar.header() } });
    for (let loader = 0; loader < loaders; loader += 1) {
      await app.http.session(copyOf(came));
    }
    const answer = app.http.finish(came, new Response("a page"));
    jar.take(answer);
    return answer;
  };
  return { ...app, jar, counts, view };
}

test.each([1, 2, 5])("%i loaders, one rotation, and the cookies reach the browser", async (n) => {
  const { clock, counts, jar, view, sessions } = await visit();
  await clock.advance(10 * 60_000);
  const before = jar.cookies.get("__Host-rollcall-rt");
  const answer = await view(n);
  expect(answer.headers.getSetCookie()).toHaveLength(2);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(jar.cookies.get("__Host-rollcall-rt")).not.toBe(before);
  expect(counts.get("rotate")).toBe(n);
  // The next views need no refresh.
  for (const _ of [1, 2, 3]) expect((await view(n)).headers.getSetCookie()).toEqual([]);
  expect(counts.get("rotate")).toBe(n);
  expect((await sessions.list(user)).sessions).toHaveLength(1);
});

test("a view every few minutes for a day rotates no more often than the access token ends", async () => {
  const { clock, counts, view } = await visit();
  for (let minutes = 0; minutes < 24 * 60; minutes += 5) {
    await clock.advance(5 * 60_000);
    await view();
  }
  expect(counts.get("rotate")).toBeLessThanOrEqual(24 * 6);
});

test("cookies that are dead go with the answer, though a copy found them so", async () => {
  const { jar, sessions, view } = await visit();
  await sessions.revokeAll(user);
  await view();
  expect([...jar.cookies.keys()]).toEqual(["__Host-rollcall-device"]);
});

test("a sign-out on a copy clears the cookies of the request that came", async () => {
  const { http, jar } = await visit();
  const came = request("POST", "/leave", { headers: { ...same, ...jar.header() } });
  await http.signOut(copyOf(came));
  jar.take(http.finish(came, new Response("gone")));
  expect([...jar.cookies.keys()]).toEqual(["__Host-rollcall-device"]);
});

test("a sign-in on a copy is not undone by what another copy found", async () => {
  const { http, jar, sessions } = await visit();
  await sessions.revokeAll(user);
  const came = request("POST", "/login", { headers: { ...same, ...jar.header() } });
  await http.session(copyOf(came));
  const { headers } = await http.signIn(copyOf(came), user, { transport: "cookie" });
  // The framework has put these cookies into an answer of its own, beside which nothing may go out.
  expect(http.finish(came, new Response("in")).headers.getSetCookie()).toEqual([]);
  jar.take({ headers });
  await http.authenticate(request("GET", "/page", { headers: { ...same, ...jar.header() } }));
});

test("nobody else's answer gets them, nor a later one", async () => {
  const first = await visit();
  const { http, clock, jar, sessions } = first;
  const other = cookieJar();
  other.take(
    await http.signIn(request("POST", "/login", { headers: same }), user, { transport: "cookie" }),
  );
  await clock.advance(10 * 60_000);
  const came = request("GET", "/page", { headers: { ...same, ...jar.header() } });
  await http.authenticate(copyOf(came));
  const page = (headers: Record<string, string>): Request =>
    request("GET", "/page", { headers: { ...same, ...headers } });
  for (const stranger of [page({}), page(other.header()), page({ Cookie: "theme=dark" })]) {
    expect(http.finish(stranger, new Response("")).headers.getSetCookie()).toEqual([]);
  }
  // Once is enough, and after the retry window the client may have a newer pair.
  expect(http.finish(came, new Response("")).headers.getSetCookie()).toHaveLength(2);
  expect(http.finish(copyOf(came), new Response("")).headers.getSetCookie()).toEqual([]);
  await http.authenticate(copyOf(came));
  await clock.advance(30_001);
  expect(http.finish(copyOf(came), new Response("")).headers.getSetCookie()).toEqual([]);
  expect((await sessions.list(user)).sessions).toHaveLength(2);
});

test("texts that are no tokens of ours are nobody's to clear, copied or not", async () => {
  const { http } = openApp({ cookies: true, origin: ORIGIN });
  const dead = (number: number): Request =>
    request("GET", "/", { headers: { ...same, Cookie: `__Host-rollcall-rt=x${number}` } });
  for (let number = 0; number < 20; number += 1) {
    await http.session(copyOf(dead(number)));
  }
  expect(http.finish(dead(19), new Response("")).headers.getSetCookie()).toEqual([]);
});

test("over real HTTP, beside a router that copies", async () => {
  const { http, clock, jar } = await visit();
  /** As the request handlers of such frameworks: it knows copies alone. */
  const router = async (came: Request): Promise<Response> => {
    const { user } = await http.authenticate(new Request(came.url, { headers: came.headers }));
    return Response.json({ user });
  };
  const server = await listen(
    createServer(toNodeHandler(async (came) => http.finish(came, await router(came)))),
  );
  onTestFinished(server.close);
  await clock.advance(10 * 60_000);
  const before = jar.cookies.get("__Host-rollcall-rt");
  const answer = await fetch(server.url, { headers: { ...same, ...jar.header() } });
  jar.take(answer);
  expect([answer.status, await answer.json()]).toEqual([200, { user }]);
  expect(jar.cookies.get("__Host-rollcall-rt")).not.toBe(before);
});

import { fastify } from "fastify";
import { Hono } from "hono";
import { rollcall as express } from "rollcall/express";
import { rollcall as fastifyPlugin } from "rollcall/fastify";
import { rollcall as hono } from "rollcall/hono";
import type { GuardOptions } from "rollcall/http";
import { rollcall as next } from "rollcall/next";
import { expect, test } from "vitest";
import { openApp, request } from "../http/app.js";

const { http, signIn } = openApp();
const { accessToken } = await signIn({ type: "admin", id: "eve" });
const asked = request("GET", "/", { token: accessToken.token });

const app = fastify();
await app.register(fastifyPlugin, { http });

const nextAuth = next(http, {
  headers: async () => asked.headers,
  cookies: async () => ({ getAll: () => [], set: () => {} }),
});

type Attempt = (options: GuardOptions) => unknown;

const guards: Readonly<Record<string, Attempt>> = {
  "http.guard": (options) => http.guard(() => new Response(), options),
  express: (options) => express(http).guard(options),
  fastify: (options) => app.rollcall.guard(options),
  hono: (options) => hono(http).guard(options),
  next: (options) => nextAuth.guard(() => new Response(), options),
};

const checks: Readonly<Record<string, Attempt>> = {
  authenticate: (options) => http.authenticate(asked, options),
  session: (options) => http.session(asked, options),
  "session of next": (options) => nextAuth.session(options),
};

/** As a program without a compiler gives them: each once let "admin" in, or failed at each request. */
const MISTAKES = [
  '{"types":"superadmin"}',
  '{"types":null}',
  '{"types":[1]}',
  '{"types":{"superadmin":true}}',
  '{"type":["superadmin"]}',
  '["superadmin"]',
];

for (const [name, attempt] of Object.entries({ ...guards, ...checks })) {
  test.each(MISTAKES)(`${name} refuses %s, and says what to write`, async (text) => {
    const trying = async (): Promise<unknown> => await attempt(JSON.parse(text));
    await expect(trying).rejects.toThrow(TypeError);
    await expect(trying).rejects.toThrow(/\btypes\b.*\["user"\]/);
  });
}

const OTHER_LISTS: readonly (readonly [mistake: string, message: RegExp])[] = [
  ['{"kinds":"mobile"}', /^kinds must be an array .*\["mobile"\]/],
  ['{"kinds":null}', /^kinds must be an array .*\["mobile"\]/],
  ['{"kinds":[1]}', /^kinds must be an array .*\["mobile"\]/],
  ['{"scopes":"orders:read"}', /^scopes must be an array .*\["orders:read"\]/],
  ['{"scopes":null}', /^scopes must be an array .*\["orders:read"\]/],
  ['{"scopes":["a b"]}', /^scopes must be an array .*\["orders:read"\]/],
];

for (const [name, attempt] of Object.entries({ ...guards, ...checks })) {
  test.each(OTHER_LISTS)(`${name} refuses %s, and says what to write`, async (text, message) => {
    const trying = async (): Promise<unknown> => await attempt(JSON.parse(text));
    await expect(trying).rejects.toThrow(message);
  });
}

test.each(Object.entries(guards))("%s is told when it is made", (_name, attempt) => {
  expect(() => attempt(JSON.parse('{"types":"superadmin"}'))).toThrow(TypeError);
  expect(attempt({ types: ["superadmin"] })).toBeTypeOf("function");
});

/** Makes a guard; what is returned asks it, as an admin. Express has the guard that Fastify has. */
const guarded: Readonly<Record<string, (options: GuardOptions) => Promise<() => unknown>>> = {
  "http.guard": async (options) => {
    const answer = http.guard(() => new Response(), options);
    return () => answer(asked);
  },
  fastify: async (options) => {
    const one = fastify();
    await one.register(fastifyPlugin, { http });
    one.get("/", { onRequest: one.rollcall.guard(options) }, () => ({}));
    return () => one.inject({ url: "/", headers: Object.fromEntries(asked.headers) });
  },
  hono: async (options) => {
    const one = new Hono().use(hono(http).guard(options)).get("/", (context) => context.text(""));
    return () => one.fetch(asked);
  },
  next: async (options) => {
    const answer = nextAuth.guard(() => new Response(), options);
    return () => answer(asked, undefined);
  },
};

test.each(Object.entries(guarded))(
  "%s keeps whom it lets pass, whatever becomes of the array",
  async (_name, make) => {
    const types = ["user"];
    const ask = await make({ types });
    types.push("admin");
    const statusOf = (answer: unknown): unknown =>
      answer instanceof Response ? answer.status : Reflect.get(Object(answer), "statusCode");
    expect(statusOf(await ask())).toBe(403);
    expect(statusOf(await (await make({ types }))())).toBe(200);
  },
);

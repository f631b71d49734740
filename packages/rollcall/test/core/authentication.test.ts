import type { StartOptions } from "rollcall";
import { expect, test } from "vitest";
import { open, user } from "../support/sessions.js";

test("a principal knows when and by what means its user was authenticated, before and after a refresh", async () => {
  const { sessions, clock } = open();
  const authenticatedAt = new Date(clock.now() - 5000);
  const { session, tokens } = await sessions.start(user, {
    authenticatedAt,
    methods: ["pwd", "otp"],
  });
  const said = { authenticatedAt, methods: ["pwd", "otp"], level: null, kind: null, actor: null };
  expect(session).toMatchObject(said);
  expect(await sessions.verify(tokens.accessToken.token)).toMatchObject(said);
  expect(await sessions.verifyRefreshToken(tokens.refreshToken.token)).toMatchObject(said);
  clock.advance(60_000);
  const refreshed = await sessions.refresh(tokens.refreshToken.token);
  expect(refreshed.principal).toMatchObject(said);
  expect(await sessions.verify(refreshed.tokens.accessToken.token)).toMatchObject(said);
});

test("an application that says nothing authenticated the user at the sign-in", async () => {
  const { sessions, clock } = open();
  const { tokens } = await sessions.start(user);
  const principal = await sessions.verify(tokens.accessToken.token);
  expect([principal.authenticatedAt, principal.methods]).toEqual([new Date(clock.now()), []]);
});

test("methods that are no list of names are refused before anything is written", async () => {
  const { sessions } = open();
  const bad = ['"pwd"', "[]", '[""]', '["a b"]', "[1]", `["${"x".repeat(33)}"]`];
  bad.push(JSON.stringify(Array(11).fill("pwd")));
  for (const methods of bad) {
    const options: StartOptions = JSON.parse(`{ "methods": ${methods} }`);
    await expect(sessions.start(user, options), methods).rejects.toThrow(
      /^methods must be 1 to 10 names/,
    );
  }
  expect((await sessions.list(user)).sessions).toEqual([]);
});

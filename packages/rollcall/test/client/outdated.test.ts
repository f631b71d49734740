import { expect, test } from "vitest";
import { signedIn, signIn } from "./signed-in.js";
import { ADA, openStage } from "./stage.js";

test("calls whose tokens are outdated refresh once together, and go on", async () => {
  const stage = await openStage();
  const { client, outs } = await signedIn(stage);
  expect((await client.fetch("/account/sessions")).status).toBe(200);
  expect(await stage.sessions.refreshClaims(ADA)).toBe(1);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => client.fetch("/account/sessions")),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(stage.rotations()).toBe(1);
  expect(outs).toEqual([]);
});

test("the answer of a refresh was lost, and its tokens are outdated by now: one refresh more", async () => {
  const stage = await openStage();
  // A stream would refresh too.
  stage.noStreams = true;
  const { client, outs } = await signedIn(stage);
  const { tokens } = await signIn(stage);
  await client.signedIn({ tokens });
  await stage.sessions.refresh(tokens.refreshToken.token);
  await stage.sessions.refreshClaims(ADA);
  const before = stage.requests("/auth/refresh");
  const answer = await client.fetch("/echo", { method: "POST", body: "once more" });
  expect([answer.status, await answer.text()]).toEqual([200, "once more"]);
  expect(stage.requests("/auth/refresh") - before).toBe(2);
  expect(stage.rotations()).toBe(2);
  expect(outs).toEqual([]);
});

test("a route that refuses whatever it is given is asked three times, and no more", async () => {
  const stage = await openStage();
  const { client, outs } = await signedIn(stage);
  const refusing = await client.fetch("/refuses");
  expect(refusing.status).toBe(401);
  expect(stage.requests("/refuses")).toBe(3);
  expect(outs).toEqual([]);
});

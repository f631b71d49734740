import { createServer } from "node:http";
import { ClientError, createClient } from "rollcall/client";
import { expect, onTestFinished, test, vi } from "vitest";
import { listen } from "../support/listen.js";
import { quietClient, signIn } from "./signed-in.js";
import { openStage } from "./stage.js";

/** Lets a refresh be answered only when the test says so. */
function holdRefreshes(): { readonly asked: Promise<void>; release(): void } {
  const real = globalThis.fetch;
  let release = (): void => {};
  let onAsked = (): void => {};
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const answer = await real(input, init);
    if (!answer.url.endsWith("/auth/refresh")) return answer;
    onAsked();
    await released;
    return answer;
  });
  onTestFinished(() => spy.mockRestore());
  return { asked, release };
}

test("whoever signs in while a refresh is under way stays signed in", async () => {
  const stage = await openStage();
  const client = await quietClient(stage);
  const [old] = (await client.sessions.list()).sessions;
  stage.clock.advance(601_000);
  const { asked, release } = holdRefreshes();
  const late = client.fetch("/account/sessions");
  await asked;
  await client.signedIn(await signIn(stage));
  release();
  expect((await late).status).toBe(200);
  const now = (await client.sessions.list()).sessions.find(({ current }) => current);
  expect(now?.id).not.toBe(old?.id);
});

test("a refresh that is refused while somebody signs in signs nobody out", async () => {
  const stage = await openStage();
  const client = await quietClient(stage);
  const [old] = (await client.sessions.list()).sessions;
  const other = await quietClient(stage);
  await other.sessions.revoke(old?.id ?? "");
  const { asked, release } = holdRefreshes();
  const late = client.fetch("/account/sessions");
  await asked;
  await client.signedIn(await signIn(stage));
  release();
  expect((await late).status).toBe(200);
  expect((await client.fetch("/account/sessions")).status).toBe(200);
});

test("all who wait for a refresh that fails can read why", async () => {
  const stage = await openStage();
  const client = await quietClient(stage);
  stage.clock.advance(601_000);
  stage.refreshStatus = 503;
  const answers = await Promise.all([1, 2, 3].map(() => client.fetch("/account/sessions")));
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  expect(texts).toEqual(Array(3).fill('{"error":"away"}'));
});

test("a redirect of a refresh, or of a sign-out, takes the token nowhere", async () => {
  const bodies: string[] = [];
  const stranger = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => bodies.push(chunk.toString()));
    request.on("end", () => response.writeHead(401).end());
  });
  const strange = await listen(stranger);
  const mover = createServer((request, response) => {
    request.resume();
    response.writeHead(307, { Location: strange.url }).end();
  });
  const moved = await listen(mover);
  for (const { close } of [strange, moved]) onTestFinished(close);
  const client = createClient({ baseUrl: moved.url });
  onTestFinished(() => client.close());
  const tokens = { accessToken: { token: "a", expiresIn: 0 }, refreshToken: { token: "secret" } };
  await client.signedIn({ tokens });
  await client.fetch("/me");
  await expect(client.signOut()).rejects.toBeInstanceOf(ClientError);
  expect(bodies.join()).not.toContain("secret");
});

test("a server that swallows a refresh holds nobody up for ever, and signs nobody out", async () => {
  const patience = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(patience.signal);
  onTestFinished(() => timeout.mockRestore());
  const stage = await openStage();
  const client = await quietClient(stage);
  stage.clock.advance(601_000);
  const real = globalThis.fetch;
  const swallowed = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    if (!String(input).endsWith("/auth/refresh")) return await real(input, init);
    queueMicrotask(() => patience.abort());
    // As fetch does on a line that swallows everything, until its signal says stop.
    return await new Promise((_resolve, reject) =>
      init?.signal?.addEventListener("abort", () => reject(new TypeError("aborted"))),
    );
  });
  await expect(client.fetch("/account/sessions")).rejects.toThrow(TypeError);
  swallowed.mockRestore();
  timeout.mockRestore();
  expect((await client.fetch("/account/sessions")).status).toBe(200);
});

import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClientError, createClient, type StoredTokens } from "rollcall/client";
import { expect, onTestFinished, test, vi } from "vitest";
import { signedIn, signIn } from "./signed-in.js";
import { ADA, openStage } from "./stage.js";

const CLI = fileURLToPath(new URL("../../../../examples/cli/sessions.mjs", import.meta.url));

test("processes that share a storage refresh once for all of them", async () => {
  const stage = await openStage();
  const folder = await mkdtemp(join(tmpdir(), "rollcall-client-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "tokens.json");
  const { accessToken, refreshToken } = (await signIn(stage)).tokens;
  const tokens: StoredTokens = {
    accessToken: accessToken.token,
    refreshToken: refreshToken.token,
    refreshAt: Date.now() - 1,
  };
  await writeFile(file, JSON.stringify(tokens));
  const runs = Array.from(
    { length: 6 },
    () =>
      new Promise<string>((resolve) => {
        execFile(process.execPath, [CLI, stage.url, file], (_error, stdout, stderr) =>
          resolve(stdout + stderr),
        );
      }),
  );
  expect(new Set(await Promise.all(runs))).toEqual(new Set(["* node\n"]));
  expect([stage.rotations(), stage.requests("/auth/refresh")]).toEqual([1, 1]);
  expect(await readdir(folder)).toEqual(["tokens.json"]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("calls of one client that meet an expiry together refresh once", async () => {
  const stage = await openStage();
  const { client, outs } = await signedIn(stage);
  stage.clock.advance(601_000);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => client.fetch("/account/sessions")),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(stage.rotations()).toBe(1);
  expect(outs).toEqual([]);
});

test("a request that is sent again has its body again", async () => {
  const stage = await openStage();
  const { client } = await signedIn(stage);
  stage.clock.advance(601_000);
  const answer = await client.fetch("/echo", { method: "POST", body: "twice" });
  expect([answer.status, await answer.text()]).toEqual([200, "twice"]);
});

test.each([503, 429, 500])("a %i to a refresh signs nobody out", async (status) => {
  const stage = await openStage();
  // A stream would refresh too, and those that ask meanwhile would share its answer.
  stage.noStreams = true;
  const { client, outs } = await signedIn(stage);
  stage.clock.advance(601_000);
  stage.refreshStatus = status;
  expect((await client.fetch("/account/sessions")).status).toBe(status);
  await expect(client.sessions.list()).rejects.toMatchObject({ name: "ClientError", status });
  stage.refreshStatus = null;
  expect((await client.sessions.list()).sessions).toHaveLength(1);
  expect(outs).toEqual([]);
});

test("a server that is gone signs nobody out", async () => {
  const client = createClient({ baseUrl: "http://127.0.0.1:1" });
  onTestFinished(() => client.close());
  const outs: unknown[] = [];
  await client.signedIn({
    tokens: { accessToken: { token: "a", expiresIn: 0 }, refreshToken: { token: "r" } },
  });
  client.onSignedOut((how) => outs.push(how));
  const error = await client.sessions.list().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ClientError);
  expect(error).toMatchObject({ status: 0, errorCode: null });
  expect(outs).toEqual([]);
});

test("a clock that is wrong by an hour, and one that jumps, cost nobody their session", async () => {
  const stage = await openStage();
  const real = Date.now.bind(Date);
  let off = 3_600_000;
  const wrong = vi.spyOn(Date, "now").mockImplementation(() => real() + off);
  onTestFinished(() => wrong.mockRestore());
  const { client, outs } = await signedIn(stage);
  const status = async (): Promise<number> => (await client.fetch("/account/sessions")).status;
  expect([await status(), stage.requests("/auth/refresh")]).toEqual([200, 0]);
  // Set right, it seems to have an hour more: the server says when that is over.
  off = 0;
  stage.clock.advance(601_000);
  expect([await status(), stage.requests("/auth/refresh")]).toEqual([200, 1]);
  // A lid that was closed for an hour: refreshed before it is used.
  off = 3_600_000;
  stage.clock.advance(3_600_000);
  expect([await status(), stage.requests("/auth/refresh")]).toEqual([200, 2]);
  expect(stage.requests("/account/sessions")).toBe(4);
  expect([stage.rotations(), outs]).toEqual([2, []]);
});

test("where no stream can be had, the list is read anew at intervals", async () => {
  const stage = await openStage();
  stage.noStreams = true;
  const { client } = await signedIn(stage);
  await new Promise<void>((resolve) => client.onSessionsChanged(resolve));
  expect(stage.requests("/account/sessions/events")).toBeGreaterThan(0);
});

test("a refused refresh does, once, and no request goes on trying", async () => {
  const stage = await openStage();
  const { client, outs } = await signedIn(stage);
  const [session] = (await client.sessions.list()).sessions;
  client.close();
  await stage.sessions.revoke(ADA, String(session?.id));
  const out = new Promise((resolve) => client.onSignedOut(resolve));
  expect((await client.fetch("/account/sessions")).status).toBe(401);
  expect(await out).toEqual({ reason: "revoked", by: { kind: "system", device: null } });
  expect((await client.fetch("/account/sessions")).status).toBe(401);
  expect(stage.requests("/auth/refresh")).toBe(1);
  expect(outs).toEqual([]);
});

test("credentials go to the server and nowhere else", async () => {
  const stage = await openStage();
  const other = await openStage();
  const { client } = await signedIn(stage);
  expect((await client.fetch(`${other.url}/account/sessions`)).status).toBe(401);
  expect(other.requests("/auth/refresh")).toBe(0);
});

test("options that cannot work are named", () => {
  expect(() => createClient()).toThrow("baseUrl");
  const storage = {
    read: async () => null,
    write: async () => {},
    exclusively: <T>(work: () => Promise<T>): Promise<T> => work(),
  };
  const cookie = { baseUrl: "https://app.example", transport: "cookie", storage } as const;
  expect(() => createClient(cookie)).toThrow("storage");
});

import type { SignIn } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { eventOf, open, user } from "../support/sessions.js";
import { openApp, request } from "./app.js";

/** A sign-in that every process has heard of, so that no stream tells of it later. */
async function started({ sessions }: Pick<App, "sessions">, device = {}): Promise<SignIn> {
  const told = eventOf(sessions, "session.created");
  const signIn = await sessions.start(user, { device });
  await told;
  return signIn;
}

interface Stream {
  readonly response: Response;
  /** The next chunk as text; `null` at the end. */
  next(): Promise<string | null>;
  cancel(): Promise<void>;
}

type App = ReturnType<typeof openApp>;

async function stream(app: App, token: string): Promise<Stream> {
  const response = await app.http.fetch(request("GET", "/account/sessions/events", { token }));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  return {
    response,
    async next() {
      const chunk = await reader?.read();
      return chunk?.done === false ? chunk.value : null;
    },
    cancel: async () => await reader?.cancel(),
  };
}

test("sessions whenever the caller's list changes, and nothing of others", async () => {
  const app = openApp();
  const { sessions } = app;
  const mine = await started(app);
  const events = await stream(app, mine.tokens.accessToken.token);
  expect(events.response.headers.get("content-type")).toBe("text/event-stream");
  expect(events.response.headers.get("cache-control")).toBe("no-store, no-transform");
  expect(await events.next()).toBe(":\n\n");
  await sessions.start({ type: "user", id: "grace" });
  await sessions.start({ type: "admin", id: user.id });
  const second = await sessions.start(user);
  expect(await events.next()).toBe("event: sessions\ndata:\n\n");
  await sessions.rename(user, mine.session.id, "here");
  expect(await events.next()).toBe("event: sessions\ndata:\n\n");
  await sessions.revoke(user, second.session.id);
  expect(await events.next()).toBe("event: sessions\ndata:\n\n");
  await events.cancel();
});

test("revoked, with why and by whom, just before the stream of an ended session closes", async () => {
  const app = openApp();
  const mine = await started(app);
  const device = {
    userAgent:
      "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
  };
  const phone = await started(app, device);
  const events = await stream(app, mine.tokens.accessToken.token);
  await events.next();
  const token = phone.tokens.accessToken.token;
  await app.call("DELETE", `/account/sessions/${mine.session.id}`, { token });
  const by = { kind: "user", device: "Chrome on Android" };
  expect(await events.next()).toBe(
    `event: revoked\ndata: ${JSON.stringify({ reason: "revoked", by })}\n\n`,
  );
  expect(await events.next()).toBeNull();
});

test("an ending in another process closes it too", async () => {
  const store = memory();
  const app = openApp({}, { store });
  const elsewhere = open({ store }, app.clock);
  const mine = await started(app);
  const events = await stream(app, mine.tokens.accessToken.token);
  await events.next();
  await elsewhere.sessions.revokeAll(user, { actor: { kind: "admin", id: "support-7" } });
  const by = { kind: "admin", device: null };
  expect(await events.next()).toContain(JSON.stringify({ reason: "revoke_all", by }));
  expect(await events.next()).toBeNull();
});

test("a comment every 15 seconds, and an open stream is not use", async () => {
  const app = openApp();
  const mine = await started(app);
  const events = await stream(app, mine.tokens.accessToken.token);
  await events.next();
  for (let i = 0; i < 3; i++) {
    app.clock.advance(15_000);
    expect(await events.next()).toBe(":\n\n");
  }
  const [listed] = (await app.sessions.list(user)).sessions;
  expect(listed?.lastUsedAt).toEqual(mine.session.createdAt);
  await events.cancel();
});

test("at most 20 of a session; one that goes makes room", async () => {
  const app = openApp();
  const mine = await started(app);
  const token = mine.tokens.accessToken.token;
  const streams: Stream[] = [];
  for (let i = 0; i < 20; i++) streams.push(await stream(app, token));
  const refused = await app.call("GET", "/account/sessions/events", { token });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
  expect(refused.json).toMatchObject({ errorCode: "EC004" });
  await streams[0]?.cancel();
  const again = await stream(app, token);
  expect(again.response.status).toBe(200);
  // HEAD leaves none behind.
  for (let i = 0; i < 30; i++) {
    expect((await app.call("HEAD", "/account/sessions/events", { token })).status).not.toBe(500);
  }
  app.http.closeStreams();
  for (const open of [...streams.slice(1), again]) {
    expect(await open.next()).toBe(":\n\n");
    expect(await open.next()).toBeNull();
  }
  expect((await stream(app, token)).response.status).toBe(200);
  app.http.closeStreams();
});

test("a reader that never reads is let go, and makes room", async () => {
  const app = openApp({}, { accessTokenTtl: "1h" });
  const mine = await started(app);
  const token = mine.tokens.accessToken.token;
  const asked = { token };
  for (let i = 0; i < 20; i++) {
    await app.http.fetch(request("GET", "/account/sessions/events", asked));
  }
  expect((await app.call("GET", "/account/sessions/events", asked)).status).toBe(429);
  for (let i = 0; i < 70; i++) app.clock.advance(15_000);
  const another = await stream(app, token);
  expect(another.response.status).toBe(200);
  await another.cancel();
});

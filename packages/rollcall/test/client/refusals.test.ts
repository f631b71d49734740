import { createClient, type StoredTokens, type TokenStorage } from "rollcall/client";
import { expect, onTestFinished, test } from "vitest";
import { clientOf, outsOf, refusal, SERVER, script, tokensOf } from "./script.js";

/** A 401 of somebody else: a proxy's, or the application's own. */
const foreign = (challenge = "Basic", body = "<h1>Sign in to the proxy</h1>"): Response =>
  new Response(body, { status: 401, headers: { "WWW-Authenticate": challenge } });

test.each(["Basic", 'Bearer realm="gateway"'])(
  "a proxy's own 401 (%s) to a refresh signs nobody out",
  async (challenge) => {
    const asked = script(({ path }) =>
      path === "/auth/refresh" ? foreign(challenge) : new Response("ok"),
    );
    const client = await clientOf("ada", 0);
    const outs = outsOf(client);
    expect((await client.fetch("/orders")).status).toBe(200);
    expect((await client.fetch("/orders")).status).toBe(200);
    expect(asked.filter(({ path }) => path === "/orders").map(({ token }) => token)).toEqual([
      "ada",
      "ada",
    ]);
    expect(outs).toEqual([]);
  },
);

test.each([
  ["its challenge", new Response(null, { headers: { "WWW-Authenticate": "Bearer" } })],
  [
    "its challenge for a bad token, in a framework's own error",
    new Response('{"message":"Unauthorized"}', {
      headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
    }),
  ],
  ["its code, where the challenge cannot be read", Response.json({ errorCode: "EC002" })],
])("Rollcall's refusal is known by %s", async (_how, { headers, body }) => {
  const text = body === null ? null : await new Response(body).text();
  script(({ path, token }) => {
    if (path === "/auth/refresh") return Response.json(tokensOf("fresh"));
    return token === "fresh" ? new Response("ok") : new Response(text, { status: 401, headers });
  });
  const client = await clientOf("ada");
  expect((await client.fetch("/orders")).status).toBe(200);
});

const sessionEnded = { reason: "revoked", by: "user", at: "2026-01-01T00:00:00.000Z" };
const explained = (): Response =>
  Response.json({ error: "no", errorCode: "EC002", sessionEnded }, { status: 401 });

test.each([
  ["the refresh", (path: string) => (path === "/auth/refresh" ? explained() : refusal())],
  // Cookies that it has cleared: the refresh knows of none.
  ["the request", (path: string) => (path === "/auth/refresh" ? refusal() : explained())],
])("how the session ended is told by the refusal of %s", async (_which, answer) => {
  script(({ path }) => answer(path));
  const client = await clientOf("ada");
  const outs = outsOf(client);
  await client.fetch("/orders");
  expect(outs).toEqual([{ reason: "revoked", by: { kind: "user", device: null } }]);
});

test("a ClientError says how the session ended, or null", async () => {
  script(() => explained());
  const ended = await clientOf("ada");
  await expect(ended.sessions.list()).rejects.toMatchObject({
    status: 401,
    sessionEnded: { ...sessionEnded, at: new Date(sessionEnded.at) },
  });
  script(() => refusal());
  const refused = await clientOf("ada");
  await expect(refused.sessions.list()).rejects.toMatchObject({ status: 401, sessionEnded: null });
});

test("the application's own 401 is left alone", async () => {
  const asked = script(() => foreign("Basic", '{"error":"wrong password","errorCode":"EC010"}'));
  const client = await clientOf("ada");
  const answer = await client.fetch("/confirm", { method: "POST", body: "guess" });
  expect(await answer.json()).toMatchObject({ error: "wrong password" });
  expect(asked).toHaveLength(1);
});

test("a stream is sent once, and answered as it was", async () => {
  const asked = script(() => refusal());
  const client = await clientOf("ada");
  const init = { method: "POST", body: new Blob(["once"]).stream(), duplex: "half" };
  expect((await client.fetch("/upload", init)).status).toBe(401);
  expect(asked.map(({ path }) => path)).toEqual(["/upload"]);
});

test("a body is built anew for the second try, rather than kept", async () => {
  const asked = script(({ path, token }) => {
    if (path === "/auth/refresh") return Response.json(tokensOf("fresh"));
    return token === "fresh" ? new Response("ok") : refusal();
  });
  const client = await clientOf("ada");
  const form = new FormData();
  form.set("a", "1");
  expect((await client.fetch("/upload", { method: "POST", body: form })).status).toBe(200);
  const [first, , second] = asked;
  expect(second?.body).toContain('name="a"');
  expect(second?.body).not.toBe(first?.body);
});

test("404 means that there is no such session, and is an error to anything else", async () => {
  script(() => new Response("not here", { status: 404 }));
  const client = await clientOf("ada");
  const outs = outsOf(client);
  expect(await client.sessions.revoke("x")).toBe(false);
  expect(await client.sessions.rename("x", "y")).toBe(null);
  const { list, revokeOthers, revokeAll } = client.sessions;
  for (const call of [() => list(), revokeOthers, revokeAll]) {
    await expect(call()).rejects.toMatchObject({ name: "ClientError", status: 404 });
  }
  expect(outs).toEqual([]);
  await expect(client.signOut()).rejects.toMatchObject({ status: 404 });
});

test("a page in place of an answer is an error, whatever its status", async () => {
  script(() => new Response("<!doctype html>"));
  const { sessions } = await clientOf("ada");
  for (const call of [() => sessions.list(), sessions.revokeOthers, () => sessions.revoke("x")]) {
    await expect(call()).rejects.toMatchObject({ name: "ClientError", status: 200 });
  }
});

test.each([{}, { error: "wrong password" }, { accessExpiresIn: 600 }])(
  "what is no sign-in's answer (%j) takes no good tokens away",
  async (answer) => {
    const asked = script(() => new Response("ok"));
    const client = await clientOf("ada");
    await expect(client.signedIn(answer)).rejects.toThrow(TypeError);
    await client.fetch("/orders");
    expect(asked.map(({ token }) => token)).toEqual(["ada"]);
  },
);

test("cookies go along to a server elsewhere", async () => {
  const asked = script(({ path }) =>
    path === "/auth/refresh" ? Response.json({ accessExpiresIn: 600 }) : refusal(),
  );
  const client = createClient({ baseUrl: SERVER, transport: "cookie" });
  onTestFinished(() => client.close());
  await client.fetch("/orders");
  await client.signOut();
  expect(asked.map(({ path, request }) => [path, request.credentials])).toEqual(
    ["/orders", "/auth/refresh", "/orders", "/auth/logout"].map((path) => [path, "include"]),
  );
});

test("who is signed in again by another process is told of the end again", async () => {
  let isOver = false;
  script(({ path }) => (isOver || path === "/auth/logout" ? refusal() : new Response("ok")));
  let kept: StoredTokens | null = null;
  const storage: TokenStorage = {
    read: async () => kept,
    async write(tokens) {
      kept = tokens;
    },
    exclusively: (work) => work(),
  };
  const client = await clientOf("ada", 600, { storage });
  await client.signOut();
  await clientOf("grace", 600, { storage });
  const outs = outsOf(client);
  isOver = true;
  expect((await client.fetch("/orders")).status).toBe(401);
  expect([kept, outs]).toEqual([null, [{ reason: "unknown", by: null }]]);
  await clientOf("hedy", 600, { storage });
  await client.signOut();
  expect([kept, outs.length]).toEqual([null, 2]);
});

test("what a fresh sign-in has to be like is told by the error", async () => {
  const required = { maxAge: 600, level: "aal2" };
  const refusals = [
    { error: "fresh sign-in required", errorCode: "EC006", required },
    { error: "fresh sign-in required", errorCode: "EC006" },
  ];
  script(() => Response.json(refusals.shift(), { status: 403 }));
  const client = await clientOf("ada");
  const fresh = { status: 403, errorCode: "EC006" };
  await expect(client.sessions.revoke("1")).rejects.toMatchObject({ ...fresh, required });
  await expect(client.sessions.revoke("1")).rejects.toMatchObject({ ...fresh, required: null });
});

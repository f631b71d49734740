import type { ClientError } from "rollcall/client";
import { createClient } from "rollcall/client";
import { expect, onTestFinished, test, vi } from "vitest";
import { openApp } from "../http/app.js";
import { user } from "../support/sessions.js";

const kinds = { key: { refresh: false, prefix: "acme" } } as const;

/** A client of a user who is signed in, and the server it speaks to. */
async function openClient(scopes: readonly string[]) {
  const app = openApp({ apiKeys: { scopes } }, { kinds });
  const spied = vi
    .spyOn(globalThis, "fetch")
    .mockImplementation(async (input, init) => await app.http.fetch(new Request(input, init)));
  onTestFinished(() => spied.mockRestore());
  const client = createClient({ baseUrl: "https://app.example", transport: "bearer" });
  await client.signedIn({ tokens: await app.signIn(user) });
  return { app, client };
}

test("createApiKey gives the key, and the session as the list has it", async () => {
  const { app, client } = await openClient(["orders:read"]);
  const expiresAt = new Date("2026-02-01T00:00:00Z");
  const { session, token } = await client.createApiKey({
    name: "CI",
    scopes: ["orders:read"],
    expiresAt,
  });
  expect(await app.sessions.verify(token)).toMatchObject({ user, scopes: ["orders:read"] });
  expect(session).toMatchObject({ name: "CI", kind: "key", scopes: ["orders:read"], expiresAt });
  expect((await client.sessions.list()).sessions).toContainEqual(session);
  expect(await client.sessions.revoke(session.id)).toBe(true);
});

test("what the server refuses is a ClientError", async () => {
  const { client } = await openClient([]);
  const error: ClientError = await client.createApiKey({ name: "CI", scopes: ["admin"] }).then(
    () => expect.unreachable(),
    (thrown) => thrown,
  );
  expect([error.name, error.status, error.errorCode]).toEqual(["ClientError", 400, "EC008"]);
});

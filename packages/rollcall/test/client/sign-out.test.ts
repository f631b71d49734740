import { createClient } from "rollcall/client";
import { expect, onTestFinished, test, vi } from "vitest";
import { clientOf, later, outsOf, refusal, SERVER, script, tokensOf } from "./script.js";

const SIGNED_OUT = { reason: "signed_out", by: { kind: "self", device: null } };

test.each([200, 503])(
  "tokens are forgotten at once, and who comes meanwhile stays (%i)",
  async (status) => {
    const reached = later<void>();
    const answer = later<Response>();
    let send = (_text: string): void => {};
    const asked = script(({ path, token }) => {
      if (path.endsWith("/events") && token === "grace") {
        const start = (controller: ReadableStreamDefaultController): void => {
          send = (text) => {
            controller.enqueue(new TextEncoder().encode(text));
            controller.close();
          };
        };
        return new Response(new ReadableStream({ start }));
      }
      if (path !== "/auth/logout") return new Response("ok");
      reached.resolve();
      return answer.promise;
    });
    const client = await clientOf("ada");
    const outs = outsOf(client);
    const over = client.signOut();
    await reached.promise;
    expect(outs).toEqual([SIGNED_OUT]);
    await client.fetch("/during");
    await client.signedIn(tokensOf("grace"));
    await client.fetch("/after");
    answer.resolve(Response.json({ message: "Logged out" }, { status }));
    await over.catch((error: unknown) => expect(error).toMatchObject({ status: 503 }));
    await client.fetch("/late");
    const tokens = Object.fromEntries(asked.map(({ path, token }) => [path, token]));
    expect(tokens).toMatchObject({ "/during": undefined, "/after": "grace", "/late": "grace" });
    expect(asked.find(({ path }) => path === "/auth/logout")?.body).toContain("refresh-ada");
    expect(outs).toEqual([SIGNED_OUT]);
    // The end of the new session is news.
    const how = { reason: "revoked", by: null };
    send(`event: revoked\ndata: ${JSON.stringify(how)}\n\n`);
    await vi.waitFor(() => expect(outs).toEqual([SIGNED_OUT, how]));
  },
);

test("a sign-out that does not reach the server forgets the tokens all the same", async () => {
  const asked = script(({ path }) => {
    if (path === "/auth/logout") throw new TypeError("no line");
    return new Response("ok");
  });
  const client = await clientOf("ada");
  const outs = outsOf(client);
  await expect(client.signOut()).rejects.toMatchObject({ name: "ClientError", status: 0 });
  await client.fetch("/orders");
  expect(asked.at(-1)?.token).toBe(undefined);
  expect(outs).toEqual([SIGNED_OUT]);
});

test("with cookies, who cannot tell the server stays signed in", async () => {
  script(() => new Response(null, { status: 503 }));
  const client = createClient({ baseUrl: SERVER, transport: "cookie" });
  onTestFinished(() => client.close());
  await client.signedIn({ accessExpiresIn: 600 });
  const outs = outsOf(client);
  await expect(client.signOut()).rejects.toMatchObject({ status: 503 });
  expect(outs).toEqual([]);
});

test("Rollcall's refusal of a sign-out means that it is over already; a proxy's does not", async () => {
  let answer = (): Response => new Response("sign in to the proxy", { status: 401 });
  script(() => answer());
  const client = createClient({ baseUrl: SERVER, transport: "cookie" });
  onTestFinished(() => client.close());
  await client.signedIn({ accessExpiresIn: 600 });
  const outs = outsOf(client);
  await expect(client.signOut()).rejects.toMatchObject({ status: 401 });
  expect(outs).toEqual([]);
  answer = () => refusal("EC001");
  await client.signOut();
  expect(outs).toEqual([SIGNED_OUT]);
});

test("where nobody is signed in, a sign-out is no news", async () => {
  script(() => refusal("EC001"));
  const client = createClient({ baseUrl: SERVER, transport: "bearer" });
  onTestFinished(() => client.close());
  const outs = outsOf(client);
  await client.signOut();
  expect(outs).toEqual([]);
});

import { expect, onTestFinished, test, vi } from "vitest";
import { clientOf, later, refusal, script, tokensOf } from "./script.js";

/** A refresh whose answer has begun and ends when the test says so. */
function slowAnswer(body: object): { readonly response: Response; finish(): void } {
  let finish = (): void => {};
  const stream = new ReadableStream({
    start(controller) {
      finish = () => {
        controller.enqueue(new TextEncoder().encode(JSON.stringify(body)));
        controller.close();
      };
    },
  });
  return { response: new Response(stream), finish: () => finish() };
}

/** A client whose refresh has been answered, but for the end of the answer. */
async function duringRefresh() {
  const { response, finish } = slowAnswer(tokensOf("ada-2"));
  const reached = later<void>();
  const read = vi.spyOn(response, "json").mockImplementation(async () => {
    reached.resolve();
    return JSON.parse(await response.text());
  });
  onTestFinished(() => read.mockRestore());
  const asked = script(({ path }) => (path === "/auth/refresh" ? response : Response.json({})));
  const client = await clientOf("ada", 0);
  const late = client.fetch("/late");
  await reached.promise;
  return { client, asked, finish, late };
}

test("who signs in while a refresh's answer is still coming stays signed in", async () => {
  const { client, asked, finish, late } = await duringRefresh();
  await client.signedIn(tokensOf("grace"));
  finish();
  await late;
  await client.fetch("/whose");
  expect(asked.slice(1).map(({ token }) => token)).toEqual(["grace", "grace"]);
});

test("who signs out while a refresh's answer is still coming stays signed out", async () => {
  const { client, asked, finish, late } = await duringRefresh();
  await client.signOut();
  finish();
  await late;
  await client.fetch("/whose");
  expect(asked.at(-1)).toMatchObject({ path: "/whose", token: undefined });
});

test("while the server is away, a request asks for one refresh, not for two", async () => {
  const asked = script(({ path }) =>
    path === "/auth/refresh" ? Response.json({ error: "away" }, { status: 503 }) : refusal(),
  );
  const client = await clientOf("ada", 0);
  const answer = await client.fetch("/orders");
  expect([answer.status, await answer.json()]).toEqual([503, { error: "away" }]);
  expect(asked.map(({ path }) => path)).toEqual(["/auth/refresh", "/orders"]);
});

test.each([0, 600])("who gives up does not wait for a refresh (%i s to live)", async (life) => {
  // The refresh itself is never given up.
  const patience = vi.spyOn(AbortSignal, "timeout").mockReturnValue(new AbortController().signal);
  onTestFinished(() => patience.mockRestore());
  const reached = later<void>();
  script(({ path }) => {
    if (path !== "/auth/refresh") return refusal();
    reached.resolve();
    return new Promise(() => {});
  });
  const client = await clientOf("ada", life);
  const caller = new AbortController();
  const answer = client.fetch("/orders", { signal: caller.signal });
  await reached.promise;
  caller.abort();
  await expect(answer).rejects.toMatchObject({ name: "AbortError" });
  const { signal } = caller;
  await expect(client.fetch("/late", { signal })).rejects.toMatchObject({ name: "AbortError" });
});

test("clients that were signed in together refresh in the last twentieth to seventh, not together", async () => {
  const start = Date.now();
  const now = vi.spyOn(Date, "now").mockReturnValue(start);
  onTestFinished(() => now.mockRestore());
  const random = vi.spyOn(Math, "random");
  onTestFinished(() => random.mockRestore());
  const asked = script(({ path }) =>
    path === "/auth/refresh" ? Response.json(tokensOf("fresh", 1000)) : new Response("ok"),
  );
  /** After how many of 1,000 seconds a client refreshes. */
  const refreshedAt = async (luck: number): Promise<number> => {
    now.mockReturnValue(start);
    random.mockReturnValue(luck);
    const client = await clientOf("ada", 1000);
    asked.length = 0;
    for (let second = 800; second <= 1000; second += 10) {
      now.mockReturnValue(start + 1000 * second);
      await client.fetch("/orders");
      if (asked.some(({ path }) => path === "/auth/refresh")) return second;
    }
    return Number.NaN;
  };
  expect([await refreshedAt(0), await refreshedAt(0.5), await refreshedAt(1)]).toEqual([
    950, 900, 850,
  ]);
});

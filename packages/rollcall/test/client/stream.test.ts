import { type Client, createClient } from "rollcall/client";
import { expect, onTestFinished, test, vi } from "vitest";
import { clientOf, outsOf, refusal, SERVER, script, tokensOf } from "./script.js";

/** A stream that the test feeds. */
interface Stream {
  send(text: string): void;
  cut(): void;
}

/** A client that counts changes, its streams, and a clock that the test moves. */
async function followed({ luck = 0.5, opens = true } = {}) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const random = vi.spyOn(Math, "random").mockReturnValue(luck);
  onTestFinished(() => {
    random.mockRestore();
    vi.useRealTimers();
  });
  const streams: Stream[] = [];
  const asked = script(({ path, request }) => {
    if (!path.endsWith("/events")) return Response.json({});
    if (!opens) return new Response(null, { status: 502 });
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        streams.push({
          send: (text) => controller.enqueue(new TextEncoder().encode(text)),
          cut: () => controller.close(),
        });
        // As fetch does; one that was cut has nothing left to fail.
        request.signal.addEventListener("abort", () => {
          if (controller.desiredSize !== 0) controller.error(request.signal.reason);
        });
      },
    });
    return new Response(body);
  });
  const client: Client = await clientOf("ada");
  let changes = 0;
  client.onSessionsChanged(() => {
    changes += 1;
  });
  await settle();
  return { client, asked, streams, changes: () => changes };
}

/** What is due now, done. */
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** Promises of streams take a few turns of the loop, which no timer stands for. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("events are heard however they are cut into chunks", async () => {
  const { client, streams, changes } = await followed();
  const outs = outsOf(client);
  const how = { reason: "revoked", by: { kind: "admin", device: "Café" } };
  streams[0]?.send(":\n");
  streams[0]?.send("\nevent: sess");
  streams[0]?.send("ions\nda");
  streams[0]?.send("ta:\n\n:\n\nevent: sessions\ndata:\n\neve");
  await turns();
  expect(changes()).toBe(3);
  streams[0]?.send(`nt: revoked\ndata: ${JSON.stringify(how)}`);
  streams[0]?.send("\n\n");
  streams[0]?.cut();
  await turns();
  expect(outs).toEqual([how]);
});

test("where streams are cut at once, the list is read once a try, and tries get rarer", async () => {
  const { streams, changes } = await followed();
  const tries: number[] = [];
  for (let n = 1; n <= 7; n++) {
    streams.at(-1)?.send(":\n\n");
    streams.at(-1)?.cut();
    await turns();
    expect(changes()).toBe(n);
    let waited = 0;
    while (streams.length === n && waited < 60_000) {
      await settle(500);
      await turns();
      waited += 500;
    }
    tries.push(waited);
  }
  expect(tries).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test("a stream that has lived is tried again soon", async () => {
  const { streams } = await followed();
  for (const lived of [false, false, true]) {
    streams.at(-1)?.send(":\n\n");
    if (lived) streams.at(-1)?.send(":\n\n");
    streams.at(-1)?.cut();
    await turns();
    if (!lived) await settle(4000);
    await turns();
  }
  const before = streams.length;
  await settle(1000);
  await turns();
  expect(streams.length).toBe(before + 1);
});

test("the wait between tries differs from client to client", async () => {
  for (const [luck, wait] of [
    [0, 500],
    [1, 1500],
  ] as const) {
    const { asked, client } = await followed({ luck, opens: false });
    await turns();
    await settle(wait - 1);
    await turns();
    const early = asked.length;
    await settle(1);
    await turns();
    expect(asked.length - early).toBe(1);
    client.close();
    vi.useRealTimers();
  }
});

test("a stream that says nothing is given up, and the list is read all the same", async () => {
  const { streams, asked, changes } = await followed();
  streams[0]?.send(":\n\n");
  await turns();
  await settle(39_000);
  streams[0]?.send(":\n\n");
  await turns();
  await settle(39_000);
  expect([asked.length, changes()]).toEqual([1, 1]);
  await settle(1000);
  await turns();
  expect(asked[0]?.request.signal.aborted).toBe(true);
  await settle(1000);
  await turns();
  expect(asked.length).toBe(2);
  // The next never says anything at all.
  await settle(40_000);
  await turns();
  await settle(2000);
  await turns();
  expect([asked.length, changes()]).toEqual([3, 2]);
});

test("a listener that throws keeps nothing from the others, nor ends the stream", async () => {
  const { client, streams, changes } = await followed();
  const thrown: unknown[] = [];
  const real = globalThis.queueMicrotask;
  const queue = vi.spyOn(globalThis, "queueMicrotask").mockImplementation((work) =>
    real(() => {
      try {
        work();
      } catch (error) {
        thrown.push(error);
      }
    }),
  );
  onTestFinished(() => queue.mockRestore());
  const fail = (): never => {
    throw new Error("the application's");
  };
  client.onSignedOut(fail);
  const outs = outsOf(client);
  const stop = client.onSessionsChanged(fail);
  let heard = 0;
  client.onSessionsChanged(() => {
    heard += 1;
  });
  streams[0]?.send(":\n\n");
  await turns();
  streams[0]?.send("event: sessions\ndata:\n\n");
  await turns();
  expect([changes(), heard, thrown.length]).toEqual([2, 2, 2]);
  stop();
  await client.signOut();
  expect([outs.length, thrown.length]).toEqual([1, 3]);
});

test("hundreds of tries leave no listeners behind", async () => {
  const { asked } = await followed({ opens: false });
  const warnings: Error[] = [];
  const warn = (warning: Error): number => warnings.push(warning);
  process.on("warning", warn);
  onTestFinished(() => void process.off("warning", warn));
  for (let i = 0; i < 30; i++) {
    await settle(30_000);
    await turns();
  }
  expect(asked.length).toBeGreaterThan(20);
  expect(warnings).toEqual([]);
});

test("where nobody is signed in, it is not tried again until somebody listens or signs in anew", async () => {
  const asked = script(() => refusal("EC001"));
  const client = createClient({ baseUrl: SERVER, transport: "bearer" });
  onTestFinished(() => client.close());
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const follow = async (): Promise<number> => {
    await turns();
    await settle(60_000);
    return asked.filter(({ path }) => path.endsWith("/events")).length;
  };
  const outs = outsOf(client);
  expect(await follow()).toBe(1);
  client.onSessionsChanged(() => {});
  expect(await follow()).toBe(2);
  await client.signedIn(tokensOf("ada"));
  expect(await follow()).toBe(3);
  // The sign-in turned out to be no good.
  expect(outs).toEqual([{ reason: "unknown", by: null }]);
});

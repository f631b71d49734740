// What a check and a remembered revocation cost in memory. Runs in a child process of its own, with
// the garbage collector at hand and a young generation so large that none runs unasked.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createSessions } from "rollcall";
import { memory } from "rollcall/memory";
import { median } from "./measure.mjs";

const secret = "bench-secret-of-at-least-32-bytes!!";
const here = fileURLToPath(import.meta.url);
const MILLION = 1_000_000;

const MEASURES = { check, cache, revocations };

/** The rows of one measure: "check", "cache", or "revocations" with how many. */
export function measureInChild(name, count = 0) {
  return new Promise((resolve, reject) => {
    const child = fork(here, [name, String(count)], {
      execArgv: ["--expose-gc", "--max-semi-space-size=64", "--min-semi-space-size=64"],
    });
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`memory ${name} ended with code ${code}`)));
  });
}

/** A memory store whose first answer tells of that many ended sessions. */
export function storeWithRevoked(count) {
  const store = memory();
  let told = false;
  return {
    ...store,
    async changes(...args) {
      const page = await store.changes(...args);
      if (told) return page;
      told = true;
      const accessUntil = Date.now() + 3_600_000;
      // Each id is a text of its own, as a driver makes it.
      const id = (n) => Buffer.from(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
      const revoked = Array.from({ length: count }, (_, n) => ({
        id: id(n).latin1Slice(),
        accessUntil,
      }));
      return { ...page, revoked };
    },
  };
}

function heapUsed() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** Bytes allocated per call, by chunks too small for the young generation to fill. */
async function allocated(run, calls, chunk = 10_000) {
  const figures = [];
  for (let done = 0; done < calls; done += chunk) {
    const before = heapUsed();
    await run(chunk);
    figures.push((process.memoryUsage().heapUsed - before) / chunk);
  }
  return median(figures);
}

async function check() {
  const sessions = createSessions({ store: memory(), secret });
  const { tokens } = await sessions.start({ type: "user", id: 1 });
  const { token } = tokens.accessToken;
  const resolved = Promise.resolve(token);
  const awaiting = await allocated(async (calls) => {
    for (let i = 0; i < calls; i++) await resolved;
  }, MILLION);
  const checking = await allocated(async (calls) => {
    let last;
    for (let i = 0; i < calls; i++) last = sessions.verify(token);
    await last;
  }, MILLION);
  await sessions.close();
  return [
    {
      what: "allocated per cached check",
      value: checking,
      unit: "bytes",
      mark: { atMost: 200 },
    },
    { what: "allocated by the caller's await, beside that", value: awaiting, unit: "bytes" },
  ];
}

async function cache() {
  // Each stretch of sign-ins has a store of its own, so that only the checks leave anything behind.
  let inner = memory();
  const store = { ...inner, create: (...args) => inner.create(...args) };
  const sessions = createSessions({ store, secret, touchInterval: 50 });
  const stretch = 100;
  let done = 0;
  const verifyStretches = async (count) => {
    for (let i = 0; i < count; i++) {
      inner = memory();
      inner.configure({ storeTimeout: 2000, processId: "bench" });
      for (let n = 0; n < stretch; n++) {
        const { tokens } = await sessions.start({ type: "user", id: done++ });
        await sessions.verify(tokens.accessToken.token);
      }
    }
    inner = memory();
    // What waits to be written as last use is written.
    await new Promise((resolve) => setTimeout(resolve, 200));
    return heapUsed();
  };
  const empty = heapUsed();
  const early = await verifyStretches(1000);
  const late = await verifyStretches(9000);
  const { cacheSize } = sessions.health();
  await sessions.close();
  return [
    {
      what: "heap after 1,000,000 distinct valid tokens, to that after 100,000",
      value: late / early,
      unit: "ratio",
      mark: { atMost: 1.05 },
    },
    { what: "per token in the cache", value: (late - empty) / cacheSize, unit: "bytes" },
  ];
}

async function revocations(count) {
  const before = heapUsed();
  const sessions = createSessions({ store: storeWithRevoked(count), secret });
  while (sessions.health().indexSize < count) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // The first page is let go once the next has come.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const value = (heapUsed() - before) / sessions.health().indexSize;
  await sessions.close();
  return [
    {
      what: `per remembered revocation, ${count.toLocaleString("en")} of them`,
      value,
      unit: "bytes",
      mark: { atMost: 200 },
    },
  ];
}

if (process.argv[1] === here && process.send !== undefined) {
  const rows = await MEASURES[process.argv[2]](Number(process.argv[3]));
  process.send(rows, () => process.disconnect());
}

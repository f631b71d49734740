// What an authenticated Express route keeps of the throughput of the same route without.
import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median, ratio } from "./measure.mjs";

const run = promisify(execFile);
const ROUNDS = 12;
const SECONDS = 2;
const WARM_UP_SECONDS = 2;
const CONNECTIONS = 32;

export async function express() {
  await requireWrk();
  const server = await startServer();
  try {
    const names = Object.keys(server.ports);
    for (const name of names) await load(server, name, WARM_UP_SECONDS);
    const rates = Object.fromEntries(names.map((name) => [name, []]));
    const costs = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      const first = round % names.length;
      for (const name of [...names.slice(first), ...names.slice(0, first)]) {
        const { rate, cost } = await load(server, name, SECONDS);
        rates[name].push(rate);
        costs[name].push(cost);
      }
    }
    return [
      { what: "Express route without authentication", value: median(rates.open), unit: "/s" },
      {
        what: "the same behind the guard of rollcall/express",
        value: median(rates.guard),
        unit: "/s",
      },
      {
        what: "throughput kept behind the guard",
        value: ratio(rates.guard, rates.open),
        unit: "ratio",
        mark: { atLeast: 0.97 },
      },
      {
        what: "the same by the server's processor time per request",
        value: ratio(costs.open, costs.guard),
        unit: "ratio",
      },
      {
        what: "throughput kept behind a middleware that lets all pass",
        value: ratio(rates.passing, rates.open),
        unit: "ratio",
      },
      {
        what: "throughput kept behind an awaited sessions.verify",
        value: ratio(rates.awaited, rates.open),
        unit: "ratio",
      },
    ];
  } finally {
    server.stop();
  }
}

async function requireWrk() {
  try {
    // It prints its version and says that it failed.
    await run("wrk", ["--version"]);
  } catch (error) {
    if (error.code !== "ENOENT") return;
    const how = "apt-get install wrk (Debian, Ubuntu) or brew install wrk (macOS)";
    throw Object.assign(new Error(`wrk is missing: ${how}`), { missingTool: "wrk" });
  }
}

async function startServer() {
  const child = fork(fileURLToPath(new URL("express-server.mjs", import.meta.url)));
  const gone = once(child, "exit").then(([code]) => {
    throw new Error(`the server ended with code ${code}`);
  });
  const answer = async () => (await Promise.race([once(child, "message"), gone]))[0];
  gone.catch(() => {});
  const { ports, token } = await answer();
  return {
    ports,
    token,
    /** Microseconds of processor time that the server has taken so far. */
    async processorTime() {
      const answered = answer();
      child.send("processor time");
      return await answered;
    },
    stop: () => child.disconnect(),
  };
}

async function load({ ports, token, processorTime }, name, seconds) {
  const before = await processorTime();
  const rate = await requestsPerSecond(ports[name], token, seconds);
  return { rate, cost: ((await processorTime()) - before) / (rate * seconds) };
}

async function requestsPerSecond(port, token, seconds) {
  const { stdout } = await run("wrk", [
    ...["--threads", "1", "--connections", String(CONNECTIONS), "--duration", `${seconds}s`],
    // Both routes get the same request, so that only the check makes the difference.
    ...["--header", `Authorization: Bearer ${token}`, `http://127.0.0.1:${port}/`],
  ]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`requests failed:\n${stdout}`);
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? [];
  if (rate === undefined) throw new Error(`wrk said nothing of its rate:\n${stdout}`);
  return Number(rate);
}

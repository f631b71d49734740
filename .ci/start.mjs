// Does what a newcomer does with README's first command, in the folder given: npm ci && npm start,
// sign in on two devices, look at both, end one, stop the server. Exits 0 if all went as promised.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const STARTS_WITHIN = 120_000;
const STOPS_WITHIN = 15_000;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

const port = await freePort();
const data = mkdtempSync(join(tmpdir(), "rollcall-start-"));
const url = `http://localhost:${port}`;

async function ask(method, path, { token, body } = {}) {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

async function signIn() {
  const body = { email: "ada@example.com", password: "correct horse battery staple" };
  const answer = await ask("POST", "/auth/login", { body });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.tokens.accessToken.token;
}

async function answers(child) {
  const until = Date.now() + STARTS_WITHIN;
  while (Date.now() < until && child.exitCode === null) {
    const up = await ask("GET", "/").catch(() => undefined);
    if (up !== undefined) return up;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(child.exitCode === null ? "no answer in time" : `exited with ${child.exitCode}`);
}

async function walk() {
  const laptop = await signIn();
  const phone = await signIn();
  const listed = await ask("GET", "/account/sessions", { token: laptop });
  assert.equal(listed.status, 200);
  assert.equal(listed.body.sessions.length, 2);
  assert.deepEqual(listed.body.sessions.map(({ current }) => current).sort(), [false, true]);
  const other = listed.body.sessions.find(({ current }) => !current);
  const ended = await ask("DELETE", `/account/sessions/${other.id}`, { token: laptop });
  assert.deepEqual(ended, { status: 200, body: { message: "Session revoked" } });
  assert.equal((await ask("GET", "/me", { token: phone })).status, 401);
  const me = await ask("GET", "/me", { token: laptop });
  assert.equal(me.body.user.email, "ada@example.com");
}

let child;
try {
  const ci = spawnSync("npm", ["ci"], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
  assert.equal(ci.status, 0, "npm ci failed");
  const env = { ...process.env, PORT: String(port), ROLLCALL_DATA: data };
  // A group of its own, so that whatever npm started can be ended if this goes wrong.
  child = spawn("npm", ["start"], {
    cwd: folder,
    env,
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  const exited = once(child, "exit");
  const page = await answers(child);
  assert.equal(page.status, 200);
  await walk();
  console.log("signed in, listed, ended; now SIGTERM");
  child.kill("SIGTERM");
  const [code, signal] = await Promise.race([
    exited,
    new Promise((_, reject) => {
      setTimeout(() => reject(new Error("did not stop in time")), STOPS_WITHIN).unref();
    }),
  ]);
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  await assert.rejects(ask("GET", "/"), "the server lives on after npm has gone");
  console.log("stopped, exit code 0");
} finally {
  try {
    if (child?.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended already, as it should.
  }
  rmSync(data, { recursive: true, force: true });
}

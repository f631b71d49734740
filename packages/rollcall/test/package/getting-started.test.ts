import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { cookieJar } from "../http/app.js";
import { installed, installPackage, must, type Project } from "../support/installed-package.js";
import { freePort } from "./free-port.js";

// The programs of docs/getting-started.md and of the page for Next, word for word: with the packages
// that their commands install, compiled by their own settings, and used as a browser uses them.

const docs = join(import.meta.dirname, "../../../../docs");
const guide = await readFile(join(docs, "getting-started.md"), "utf8");
const guideForNext = await readFile(join(docs, "getting-started-next.md"), "utf8");

/** The text under a heading, up to the next one. */
function section(heading: string): string {
  const [, rest] = guide.split(`\n${heading}\n`);
  return rest?.split(/^#{1,3} /m)[0] ?? expect.unreachable(`the guide has no ${heading}`);
}

/** The files that sections show. */
function filesOf(text: string): ReadonlyMap<string, string> {
  const blocks = text.matchAll(/^```\w+ title="([^"]+)"\n(.*?)^```/gms);
  return new Map([...blocks].map(([, title = "", code = ""]) => [title, code]));
}

/** What sections install, and where it lies here. */
function packagesOf(text: string): (readonly [name: string, target: string])[] {
  const commands = text.matchAll(/^npm install (?:--save-dev )?(.+)$/gm);
  const names = [...commands].flatMap(([, list = ""]) => list.split(" "));
  return names
    .filter((name) => name !== "rollcall")
    .map((name) => (name === "typescript@6" ? ["typescript", "typescript60"] : [name, name]));
}

let project: Project;
beforeAll(async () => {
  project = await installPackage();
}, 180_000);
afterAll(() => project.remove());

async function write(folder: string, text: string): Promise<void> {
  await project.link(...packagesOf(text));
  for (const [name, code] of filesOf(text)) await project.write(join(folder, name), code);
}

/** Starts a program of the guide; the address it is reached by, once it answers there. */
async function start(folder: string, args: readonly string[]): Promise<string> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const server = spawn(process.execPath, args, {
    cwd: join(project.path, folder),
    env: {
      PATH: process.env["PATH"],
      PORT: String(port),
      ORIGIN: url,
      NEXT_TELEMETRY_DISABLED: "1",
      ROLLCALL_SECRET: "a secret of at least thirty-two bytes",
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = once(server, "exit");
  onTestFinished(async () => {
    server.kill();
    await ended;
  });
  const status = (): Promise<number> =>
    fetch(url).then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(status, { timeout: 300_000 }).toBe(200);
  return url;
}

/** A browser, as far as its cookies and `Origin` go. */
function browserAt(url: string) {
  const jar = cookieJar();
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { Origin: url, ...jar.header(), ...init.headers };
    const answer = await fetch(`${url}${path}`, { redirect: "manual", ...init, headers });
    jar.take(answer);
    return answer;
  };
  return {
    ask,
    json: async (path: string, method = "GET"): Promise<unknown> =>
      await (await ask(path, { method })).json(),
  };
}

/** Where a browser that is signed out and opens a page is sent. (`fetch` sends a mode of its own.) */
async function redirectOf(url: string): Promise<string | undefined> {
  const headers = { "Sec-Fetch-Mode": "navigate" };
  return await new Promise((resolve, reject) => {
    get(url, { headers }, (answer) => resolve(answer.resume().headers.location)).on(
      "error",
      reject,
    );
  });
}

type SignIn = (
  ask: (path: string, init?: RequestInit) => Promise<Response>,
  password: string,
) => Promise<Response>;

/** What the guide has its reader do. */
async function followTheSteps(url: string, signIn: SignIn): Promise<void> {
  const here = browserAt(url);
  const there = browserAt(url);
  expect((await signIn(here.ask, "wrong")).headers.getSetCookie()).toEqual([]);
  const signedIn = await signIn(here.ask, "lovelace");
  expect([signedIn.status, signedIn.headers.get("location")]).toEqual([303, "/account"]);
  expect(await (await here.ask("/account")).text()).toContain("<rollcall-sessions");
  expect(await here.json("/account/sessions")).toMatchObject({ sessions: [{ current: true }] });

  await signIn(there.ask, "lovelace");
  expect(await here.json("/account/sessions")).toHaveProperty("sessions.length", 2);
  expect(await here.json("/account/sessions", "DELETE")).toMatchObject({ revoked: 1 });
  expect((await there.ask("/account/sessions")).status).toBe(401);
  expect(await here.json("/auth/logout", "POST")).toEqual({ message: "Logged out" });
  expect(await redirectOf(`${url}/account`)).toMatch(/^\/(\?returnTo=%2Faccount)?$/);
}

const common = ["## 1. Make a project", "## 2. Create the sessions", "## 3. Add two pages"];

test.each(["Node", "Express", "Fastify", "Hono"])(
  "the guide's program for %s compiles, and runs as it says",
  async (framework) => {
    await write(framework, [...common, `### ${framework}`].map(section).join("\n"));
    await must(project.node(installed("typescript/bin/tsc"), "-p", framework));
    const url = await start(framework, ["dist/server.js"]);
    const script = await fetch(`${url}/rollcall-sessions.js`);
    expect(script.headers.get("content-type")).toMatch(/^(text|application)\/javascript\b/);
    expect(await script.text()).toContain("rollcall-sessions");
    await followTheSteps(url, (ask, password) =>
      ask("/sign-in", { method: "POST", body: new URLSearchParams({ name: "ada", password }) }),
    );
  },
  120_000,
);

/** As Next writes them on its first start, but libraries are checked too. */
const NEXT_OPTIONS = {
  target: "es2017",
  lib: ["dom", "dom.iterable", "esnext"],
  module: "esnext",
  moduleResolution: "bundler",
  jsx: "react-jsx",
  strict: true,
  esModuleInterop: true,
  isolatedModules: true,
  skipLibCheck: false,
  noEmit: true,
};

test("the guide's program for Next compiles", async () => {
  await write("Next", guideForNext);
  await project.write("Next/tsconfig.json", JSON.stringify({ compilerOptions: NEXT_OPTIONS }));
  const { output } = await project.node(installed("typescript60/bin/tsc"), "-p", "Next");
  // Next's own types do not hold by themselves, which is why it writes `skipLibCheck: true`. All others must.
  const errors = output.split("\n").filter((line) => line.includes("error TS"));
  expect(errors.filter((line) => !line.includes("/node_modules/next/"))).toEqual([]);
}, 120_000);

// It takes a minute of a processor, so it is for CI.
test.runIf(process.env["CI"] !== undefined)(
  "the guide's program for Next runs as it says",
  async () => {
    await write("Next", guideForNext);
    // Not Turbopack, which takes no link that leads out of the folder.
    const url = await start("Next", [installed("next/dist/bin/next"), "dev", "--webpack"]);
    await followTheSteps(url, async (ask, password) => {
      const page = await (await ask("/")).text();
      const [, action = ""] = /name="(\$ACTION_ID_[0-9a-f]+)"/.exec(page) ?? [];
      const body = new FormData();
      for (const [name, value] of Object.entries({ [action]: "", name: "ada", password })) {
        body.set(name, value);
      }
      return await ask("/", { method: "POST", body });
    });
  },
  600_000,
);

test("the guide shows no file that is left out here", () => {
  const sections = [...common, "### Node", "### Express", "### Fastify", "### Hono"];
  const tested = sections.map((heading) => filesOf(section(heading)).size);
  const shown = guide.match(/^```\w+ title=/gm) ?? [];
  expect(shown).toHaveLength(tested.reduce((sum, size) => sum + size, 0));
});

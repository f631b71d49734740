import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Bidi, connectBidi } from "./bidi.js";
import { findProgram } from "./programs.js";

/** Firefox's program: `FIREFOX`, or the first found on the PATH. */
const firefoxPath = findProgram("FIREFOX", ["firefox-esr", "firefox"]);

/** Whether there is a Firefox for this run; `describe.skipIf(!firefoxAvailable)`. */
export const firefoxAvailable: boolean = firefoxPath !== null;

const HOW =
  "Firefox was not found: install it (on Debian: apt-get install firefox-esr) or set FIREFOX to its program.";

if (!firefoxAvailable) {
  if (process.env["CI"]) throw new Error(HOW);
  console.warn(`${HOW}\nTests that need Firefox are skipped.`);
}

/** A Firefox of its own. Every host name is this machine to it, and any certificate is good. */
export interface Firefox {
  /** A page with cookies of its own. */
  newPage(): Promise<FirefoxPage>;
  close(): Promise<void>;
}

export interface FirefoxPage {
  /** Waits until the page is loaded; rejects where there is nothing to load. */
  goto(url: string): Promise<void>;
  /** As the button does it: from the cache for back and forward, if the page may be kept there. */
  back(): Promise<void>;
  /** What an expression comes to in the page, its promise awaited, by way of JSON. */
  evaluate(expression: string): Promise<unknown>;
}

/** What `about:config` has. */
export type Preferences = Readonly<Record<string, string | number | boolean>>;

/**
 * Firefox as it is installed, driven by WebDriver BiDi, which it speaks itself. The caller closes it.
 *
 * @param preferences Set before it starts, beside those that keep it from calling home.
 */
export async function openFirefox(preferences: Preferences = {}): Promise<Firefox> {
  if (firefoxPath === null) throw new Error(HOW);
  const home = await mkdtemp(join(tmpdir(), "rollcall-firefox-"));
  const all = { ...QUIET, ...preferences };
  const lines = Object.entries(all).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(home, "user.js"), lines.join(""));
  const program = spawn(
    firefoxPath,
    ["--headless", "--no-remote", "--profile", home, "--remote-debugging-port=0", "about:blank"],
    { env: { ...process.env, HOME: home }, stdio: ["ignore", "ignore", "pipe"], detached: true },
  );
  const end = (): void => kill(program);
  process.once("exit", end);
  const close = async (): Promise<void> => {
    process.off("exit", end);
    const runs = program.exitCode === null && program.signalCode === null;
    const exited = runs ? once(program, "exit") : null;
    kill(program);
    await exited;
    // Its helpers may write for another moment.
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    const bidi = await connectBidi(`${await addressOf(program)}/session`);
    const alwaysMatch = { acceptInsecureCerts: true };
    await bidi.send("session.new", { capabilities: { alwaysMatch } });
    return { newPage: () => newPage(bidi), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const QUIET: Preferences = {
  "network.dns.forceResolve": "127.0.0.1",
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.enabled": false,
  "app.update.enabled": false,
  "app.normandy.enabled": false,
};

async function newPage(bidi: Bidi): Promise<FirefoxPage> {
  const { userContext } = await bidi.send("browser.createUserContext");
  const { context } = await bidi.send("browsingContext.create", { type: "tab", userContext });
  return {
    async goto(url) {
      await bidi.send("browsingContext.navigate", { context, url, wait: "complete" });
    },
    async back() {
      await bidi.send("browsingContext.traverseHistory", { context, delta: -1 });
    },
    async evaluate(expression) {
      const answer = await bidi.send("script.evaluate", {
        expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
        target: { context },
        awaitPromise: true,
      });
      if (answer["type"] !== "success") throw new Error(JSON.stringify(answer));
      const { result } = answer;
      const text = typeof result === "object" && result !== null && "value" in result;
      const value: unknown = JSON.parse(text ? String(result.value) : "null");
      return value;
    },
  };
}

/** Where it listens, which it says itself. */
async function addressOf(program: ChildProcess): Promise<string> {
  if (program.stderr === null) throw new Error("Firefox has no stderr");
  const lines = createInterface({ input: program.stderr });
  const found = new Promise<string>((resolve, reject) => {
    lines.on("line", (line) => {
      const [, address] = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
    program.once("error", reject);
    program.once("exit", (code) => reject(new Error(`Firefox ended with ${code}`)));
  });
  return await found;
}

/** Its helpers too: they are a process group of their own. */
function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has gone already.
  }
}

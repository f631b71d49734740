import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";

/** An example that is running. */
export interface Example {
  readonly url: string;
  /** SIGTERM, which has to end it well; at the end of the test at the latest. */
  stop(): Promise<void>;
}

/** Starts an example as its users do, on a free port. */
export async function openExample(
  script: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Example> {
  const path = fileURLToPath(new URL(`../../../../examples/${script}`, import.meta.url));
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [path], {
    env: { PATH, PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    expect((await ended)[0], "its exit code").toBe(0);
  };
  onTestFinished(stop);
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    ended.then(([code]) => expect.unreachable(`it ended with ${code} before it was ready`)),
  ]);
  return { url: String(line), stop };
}

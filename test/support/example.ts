import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";

/** Starts an example as its users do, on a free port; SIGTERM has to end it well. Gives its address. */
export async function startExample(script: string): Promise<string> {
  const path = fileURLToPath(new URL(`../../examples/${script}`, import.meta.url));
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [path], {
    env: { PATH, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    expect((await ended)[0], "its exit code").toBe(0);
  });
  const [line] = await once(createInterface(child.stdout), "line");
  return String(line);
}

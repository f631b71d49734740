import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";

// docs/configuration.md and docs/api are made from the types: who changes the public surface sees it.

const root = join(import.meta.dirname, "..");
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

interface Report {
  readonly code: number;
  readonly output: string;
}

function reference(...args: string[]): Promise<Report> {
  const script = join(root, "scripts/reference.mjs");
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

const SOURCE = "packages/rollcall/src/http/index.ts";

/** A package with an entry point, small enough to be read often. */
async function smallPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-reference-"));
  folders.push(folder);
  const target = { types: "./dist/http/index.d.ts", default: "./dist/http/index.js" };
  const manifest = { name: "rollcall", exports: { "./http": target, "./package.json": "" } };
  const attributes = [{ name: "lang", type: { text: "string" }, description: "The language." }];
  const elements = { modules: [{ declarations: [{ attributes }] }] };
  await plant(folder, "packages/rollcall/package.json", JSON.stringify(manifest));
  await plant(
    folder,
    "packages/rollcall/src/element/custom-elements.json",
    JSON.stringify(elements),
  );
  await plant(
    folder,
    SOURCE,
    `export type { Kept } from "./kept.js";
    /** Options of {@link greet}. */
    export interface GreetOptions {
      /** How loud. @default 1 @unit decibels @remarks In the open. */
      readonly volume?: number;
    }
    const GREETING: string = "hello";
    /** Greets. */
    export function greet(options: GreetOptions): string {
      return GREETING.repeat(options.volume ?? 1);
    }`,
  );
  await plant(
    folder,
    "packages/rollcall/src/http/kept.ts",
    `/** Is kept. */
    export interface Kept { readonly inner: Inner }
    interface Inner { readonly size: number }`,
  );
  await mkdir(join(folder, "docs"));
  return folder;
}

async function plant(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

async function change(folder: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(folder, SOURCE), "utf8");
  expect(text).toContain(from);
  await writeFile(join(folder, SOURCE), text.replace(from, to));
}

const STALE_OPTIONS =
  "docs/configuration.md: is out of date; run npm run docs and read what changed\n";
const STALE_API =
  "docs/api/rollcall-http.md: is out of date; run npm run api and read what changed\n";

// A process reads a whole compiler before it begins, which takes a busy machine long.
const PATIENCE = 180_000;

test(
  "a change of the public types is seen until the pages are made anew, any other change is not",
  async () => {
    const folder = await smallPackage();
    const check = (): Promise<Report> => reference("--root", folder, "--check");
    expect(await reference("--root", folder)).toEqual({ code: 0, output: "" });
    const options = await readFile(join(folder, "docs/configuration.md"), "utf8");
    expect(options).toContain("| `volume` | `number` (decibels) | 1 | How loud. | In the open. |");
    expect(options).toContain("| `lang` | `string` |  | The language. |");
    const page = await readFile(join(folder, "docs/api/rollcall-http.md"), "utf8");
    expect(page).toContain(
      "Greets.\n\n```typescript\nfunction greet(options: GreetOptions): string;",
    );
    expect(page).toMatch(/not exported\n\n### `Inner`/);

    await change(folder, '"hello"', '"good morning"');
    expect(await check()).toEqual({ code: 0, output: "" });

    await change(folder, "readonly volume?: number", "readonly volume?: 1 | 2");
    expect(await check()).toEqual({ code: 1, output: STALE_OPTIONS + STALE_API });
    expect(await reference("--root", folder, "api")).toEqual({ code: 0, output: "" });
    expect(await check()).toEqual({ code: 1, output: STALE_OPTIONS });
  },
  PATIENCE,
);

test(
  "an option without a comment or a default is named, and so is a page of nothing",
  async () => {
    const folder = await smallPackage();
    await change(folder, "How loud. @default 1", "");
    await reference("--root", folder);
    await plant(folder, "docs/api/rollcall-redis.md", "");
    const { code, output } = await reference("--root", folder, "--check");
    expect(code).toBe(1);
    expect(output.split("\n")).toEqual([
      "GreetOptions.volume has no comment",
      "GreetOptions.volume has no @default",
      "docs/api/rollcall-redis.md: is out of date; run npm run api and read what changed",
      "",
    ]);
  },
  PATIENCE,
);

test(
  "an unknown part is refused",
  async () => {
    expect(await reference("colours")).toMatchObject({ code: 2 });
  },
  PATIENCE,
);

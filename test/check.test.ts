import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const script = join(root, "scripts/check.mjs");
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

interface Report {
  readonly code: number;
  readonly output: string;
}

function check(...args: string[]): Promise<Report> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

/** A copy of what the rules look at. */
async function copy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-check-"));
  folders.push(folder);
  const names = ["packages", "docs", "package.json", "tsconfig.json", "THREAT-MODEL.md"];
  for (const name of names) {
    // Not what was built or installed, which takes long and is not looked at.
    const filter = (path: string): boolean => !/[\\/](?:dist|node_modules)(?:$|[\\/])/.test(path);
    await cp(join(root, name), join(folder, name), { recursive: true, filter });
  }
  return folder;
}

async function plant(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

async function change(
  folder: string,
  path: string,
  from: string | RegExp,
  to: string,
): Promise<void> {
  const text = await readFile(join(folder, path), "utf8");
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  await writeFile(join(folder, path), changed);
}

test("the project itself passes", async () => {
  const { code, output } = await check();
  expect(output).toMatch(/^structure: \d+ files, 0 problems$/m);
  expect(code).toBe(0);
});

const planted: Record<string, readonly [path: string, text: string, finding: string]> = {
  "a store that imports another": [
    "packages/rollcall/src/stores/sqlite/odd.ts",
    'import { memory } from "../memory/index.js";\nexport const odd = memory;\n',
    "packages/rollcall/src/stores/sqlite/odd.ts:1: imports stores/memory: a store may not import another",
  ],
  "the domain that imports a transport, by type too": [
    "packages/rollcall/src/core/odd.ts",
    'import type { Http } from "../http/index.js";\nexport type Odd = Http;\n',
    "packages/rollcall/src/core/odd.ts:1: imports packages/rollcall/src/http/index.ts: core may import nothing else only",
  ],
  "a room of core that reaches too far": [
    "packages/rollcall/src/core/model/odd.ts",
    'import type { SessionStore } from "../port/store.js";\nexport type Odd = SessionStore;\n',
    "packages/rollcall/src/core/model/odd.ts:1: imports packages/rollcall/src/core/port/store.ts: the room model may import nothing else only",
  ],
  "a verb that uses more of core's root than its types": [
    "packages/rollcall/src/core/verbs/odd.ts",
    'import { readOptions } from "../options.js";\nexport const odd = readOptions;\n',
    "packages/rollcall/src/core/verbs/odd.ts:1: imports packages/rollcall/src/core/options.ts: the room verbs may import",
  ],
  "an import on several lines": [
    "packages/rollcall/src/http/odd.ts",
    '\nimport {\n  one,\n  type Two,\n} from "../testing/index.js";\nexport { one, type Two };\n',
    "packages/rollcall/src/http/odd.ts:2: imports packages/rollcall/src/testing/index.ts",
  ],
  "a re-export": [
    "packages/rollcall/src/http/odd.ts",
    'export * from "../adapters/node.js";\n',
    "packages/rollcall/src/http/odd.ts:1: imports packages/rollcall/src/adapters/node.ts",
  ],
  "an import at run time, after what looks like a comment": [
    "packages/rollcall/src/core/odd.ts",
    'const url = "https://example.com";\nconst slashes = /[/"]\\/\\*/;\nexport const odd = [url, slashes, import("../http/index.js")];\n',
    "packages/rollcall/src/core/odd.ts:3: imports packages/rollcall/src/http/index.ts",
  ],
  "a store in an adapter": [
    "packages/rollcall/src/adapters/odd.ts",
    'export { memory } from "../stores/memory/index.js";\n',
    "packages/rollcall/src/adapters/odd.ts:1: imports packages/rollcall/src/stores/memory/index.ts: adapters may import http, core only",
  ],
  "the facade's framework that imports its sessions": [
    "packages/warlock/src/core/odd.ts",
    'export { authService } from "../auth/auth-service.js";\n',
    "packages/warlock/src/core/odd.ts:1: imports packages/warlock/src/auth/auth-service.ts: warlock/core may import warlock only",
  ],
  "a missing file": [
    "packages/rollcall/src/core/odd.ts",
    'export { gone } from "./gone.js";\n',
    "packages/rollcall/src/core/odd.ts:1: imports ./gone.js, which is no file of src",
  ],
  "a package that users may not have": [
    "packages/rollcall/src/stores/postgres/odd.ts",
    'import type { Pool } from "pg";\nexport type Odd = Pool;\n',
    "packages/rollcall/src/stores/postgres/odd.ts:1: imports pg, which is not in dependencies",
  ],
  "sockets in the domain": [
    "packages/rollcall/src/core/odd.ts",
    'import { createServer } from "node:net";\nexport const odd = createServer;\n',
    "packages/rollcall/src/core/odd.ts:1: imports node:net: core may use node:crypto only",
  ],
  "a layer nobody knows": [
    "packages/rollcall/src/odd/thing.ts",
    "export const odd = 1;\n",
    'packages/rollcall/src/odd/thing.ts: "odd" is no known layer',
  ],
  "a demo that looks behind the package's entry points": [
    "demo/odd.ts",
    'import { toUser } from "../packages/rollcall/src/core/model/user.js";\nexport const odd = toUser;\n',
    "demo/odd.ts:1: imports ../packages/rollcall/src/core/model/user.js: use the package by its name",
  ],
  "an index.ts that nothing exports": [
    "packages/rollcall/src/core/index.ts",
    "export const odd = 1;\n",
    "packages/rollcall/src/core/index.ts: no export points at this index.ts",
  ],
  "a name that says nothing": [
    "packages/rollcall/src/core/utils.ts",
    "export const odd = 1;\n",
    "packages/rollcall/src/core/utils.ts: says nothing",
  ],
  "a name in camel case": [
    "packages/rollcall/src/core/oddThing.ts",
    "export const odd = 1;\n",
    "packages/rollcall/src/core/oddThing.ts: must be kebab-case",
  ],
  "a long file": [
    "packages/rollcall/src/core/odd.ts",
    "//\n".repeat(301),
    "packages/rollcall/src/core/odd.ts: has 301 lines",
  ],
  any: [
    "packages/rollcall/src/core/odd.ts",
    "// any is fine here\nexport function odd(value: any): void {}\n",
    "packages/rollcall/src/core/odd.ts:2: says any",
  ],
  "a cast to any": [
    "packages/rollcall/src/core/odd.ts",
    "export const odd = `$" + "{1 as any}`;\n",
    "packages/rollcall/src/core/odd.ts:1: says any",
  ],
  "a double cast": [
    "packages/rollcall/src/core/odd.ts",
    "export const odd = 1 as unknown as string;\n",
    "packages/rollcall/src/core/odd.ts:1: casts by way of unknown",
  ],
  "a silenced compiler": [
    "packages/rollcall/src/core/odd.ts",
    `// ${"@ts"}-ignore\nexport const odd: string = 1;\n`,
    "packages/rollcall/src/core/odd.ts:1: @ts-ignore silences the compiler",
  ],
  "a path of somebody's machine": [
    "docs/odd.md",
    `See ${["", "home", "somebody", "rollcall"].join("/")}.\n`,
    "docs/odd.md:1: names a machine's path",
  ],
  "a section of the contract that is not there": [
    "packages/rollcall/src/core/odd.ts",
    `/** As contract §4.1 and\n * ${"§"}4.99 have it. */\nexport const odd = 1;\n`,
    "packages/rollcall/src/core/odd.ts:1: cites section 4.99 of docs/contract.md",
  ],
  "a section that is cited without a sign": [
    "packages/rollcall/test/odd.ts",
    `// ${"CONTRACT"} 4.1\nexport const odd = 1;\n`,
    `packages/rollcall/test/odd.ts:1: says "${"CONTRACT"} 4.1"`,
  ],
  "a second section of one number": [
    "docs/contract-twice.md",
    "### 4.1 Once more\n",
    "has a second section 4.1",
  ],
  "a link to a heading that is not there": [
    "docs/odd.md",
    "# Odd\n\n[here](#odd), [there](errors.md#throttled), [nowhere](errors.md#slowed-down)\n",
    "docs/odd.md:3: links to #slowed-down: docs/errors.md has no such heading",
  ],
  "a link to a heading in the same document that is code": [
    "docs/odd.md",
    "```sh\n# odd\n```\n\n[here](#odd)\n",
    "docs/odd.md:5: links to #odd: docs/odd.md has no such heading",
  ],
  "a link to a heading of no document": [
    "docs/odd.md",
    "[gone](gone.md#at-all)\n",
    "docs/odd.md:1: links to #at-all: there is no docs/gone.md",
  ],
};

describe("in one copy, since each has a file of its own", () => {
  const numbered = Object.entries(planted).map(([what, [path, text, finding]], number) => {
    const own = path.replace(/\bodd\.(?=\w+$)/, `odd-${number}.`);
    return { what, path: own, text, finding: finding.replaceAll(path, own) };
  });
  let report: Report;
  beforeAll(async () => {
    const folder = await copy();
    for (const { path, text } of numbered) await plant(folder, path, text);
    report = await check(folder);
  });

  test.for(numbered)("finds $what", ({ finding }) => {
    expect(report.output).toContain(finding);
  });

  test("and fails", () => {
    expect(report.code).toBe(1);
  });
});

test("finds a cycle of imports, also of types", async () => {
  const folder = await copy();
  await plant(
    folder,
    "packages/rollcall/src/core/one.ts",
    'export { two } from "./two.js";\nexport type One = 1;\n',
  );
  await plant(
    folder,
    "packages/rollcall/src/core/two.ts",
    'import type { One } from "./one.js";\nexport const two: One = 1;\n',
  );
  expect((await check(folder)).output).toContain(
    ["one", "two", "one"].map((name) => `packages/rollcall/src/core/${name}.ts`).join(" → "),
  );
});

test("finds exports that differ from the files and from tsconfig.json", async () => {
  const folder = await copy();
  await change(
    folder,
    "packages/rollcall/package.json",
    "./dist/http/index.js",
    "./dist/http/entryPoint.js",
  );
  await change(folder, "packages/rollcall/package.json", '"./sqlite"', '"./lite"');
  const { code, output } = await check(folder);
  expect(output).toContain('packages/rollcall/package.json exports "./http": needs types');
  expect(output).toContain('tsconfig.json paths "rollcall/lite": must be');
  expect(output).toContain('tsconfig.json paths "rollcall/sqlite": is not in');
  expect(code).toBe(1);
});

test("finds an export of a file that is gone", async () => {
  const folder = await copy();
  await rm(join(folder, "packages/rollcall/src/stores/sqlite/index.ts"));
  expect((await check(folder)).output).toContain(
    "points at packages/rollcall/src/stores/sqlite/index.ts",
  );
});

test("finds codes of errors that are not documented, and the reverse", async () => {
  const folder = await copy();
  await change(folder, "docs/errors.md", "## `throttled`", "## `slowed_down`");
  const { code, output } = await check(folder);
  expect(output).toContain('docs/errors.md: has no heading "## `throttled`"');
  expect(output).toContain("docs/errors.md: describes slowed_down");
  expect(code).toBe(1);
});

test("warns of a file that grows long, and passes it", async () => {
  const folder = await copy();
  await plant(folder, "packages/rollcall/src/core/odd.ts", "//\n".repeat(251));
  const { code, output } = await check(folder);
  expect(output).toContain("packages/rollcall/src/core/odd.ts: warning: has 251 lines");
  expect(code).toBe(0);
});

test("explains itself, and refuses what it does not understand", async () => {
  const help = await check("--help");
  expect(help.output).toContain("Usage: node scripts/check.mjs");
  expect(help.code).toBe(0);
  expect((await check("--odd")).code).toBe(2);
  expect((await check("one", "two")).code).toBe(2);
});

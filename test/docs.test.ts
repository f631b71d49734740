import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { SessionError, type SessionErrorCode } from "rollcall";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

interface Snippet {
  readonly place: string;
  /** Its language: how its file ends. */
  readonly ending: string;
  readonly code: string;
}

async function pathsIn(folder: string, ending: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true });
  return entries.filter((path) => path.endsWith(ending)).map((path) => join(folder, path));
}

async function documents(): Promise<string[]> {
  const here = (await readdir(root)).filter((path) => path.endsWith(".md"));
  return [...here, "packages/warlock/README.md", ...(await pathsIn("docs", ".md"))];
}

function snippetsOf(path: string, text: string): Snippet[] {
  const found = [...text.matchAll(/^```(tsx?)\n(.*?)^```/gms)];
  return found.map(({ 1: ending = "", 2: code = "", index }) => ({
    place: `${path}:${text.slice(0, index).split("\n").length}`,
    ending,
    code,
  }));
}

/** The text of the comments, with lines kept in their places. */
function comments(source: string): string {
  const lines = source.split("\n").map((line) => {
    const [, text] = /^\s*\*(?: (.*))?$/.exec(line) ?? [];
    return text ?? "";
  });
  return lines.join("\n");
}

async function snippets(): Promise<Snippet[]> {
  const found: Snippet[] = [];
  for (const path of await documents()) {
    found.push(...snippetsOf(path, await readFile(join(root, path), "utf8")));
  }
  const sources = await Promise.all(
    ["packages/rollcall/src", "packages/warlock/src"].map((folder) => pathsIn(folder, ".ts")),
  );
  for (const path of sources.flat()) {
    found.push(...snippetsOf(path, comments(await readFile(join(root, path), "utf8"))));
  }
  return found;
}

function compile(folder: string): Promise<string> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", folder], { cwd: folder }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

/** Compiles each as a file of its own, as strictly as the project; gives the complaints by place. */
async function complaints(all: readonly Snippet[]): Promise<string[]> {
  const cache = join(root, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  // Inside the project, so that packages are found as in any project that has installed them.
  const folder = await mkdtemp(join(cache, "snippets-"));
  try {
    const files = all.map(({ ending }, number) => `snippet-${number}.${ending}`);
    await Promise.all(
      all.map(({ code }, number) => writeFile(join(folder, files[number] ?? ""), code)),
    );
    const config = {
      extends: relative(folder, join(root, "tsconfig.json")),
      // A snippet shows how to get something, not always what for.
      compilerOptions: { noUnusedLocals: false, jsx: "react-jsx" },
      files,
      include: [],
      exclude: [],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    const output = await compile(folder);
    const lines = output.split("\n").filter((line) => line !== "");
    return lines.map((line) =>
      line.replace(/^snippet-(\d+)\.tsx?/, (_, number) => all[Number(number)]?.place ?? ""),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("every example in the documents and in the comments compiles", async () => {
  const all = await snippets();
  const places = all.map(({ place }) => place);
  expect(places).toContainEqual(expect.stringMatching(/^README\.md:/));
  expect(places).toContainEqual(
    expect.stringMatching(/^packages\/rollcall\/src\/core\/create-sessions\.ts:/),
  );
  expect(await complaints(all)).toEqual([]);
});

test("files of programs, which have titles, are shown only where a test runs them", async () => {
  const found: string[] = [];
  for (const path of await documents()) {
    if (/^```\w+ title=/m.test(await readFile(join(root, path), "utf8"))) found.push(path);
  }
  expect(found.toSorted()).toEqual(["docs/getting-started-next.md", "docs/getting-started.md"]);
});

test("an example that does not compile is seen", async () => {
  const found = await complaints([
    { place: "README.md:1", ending: "ts", code: 'import { createSessions } from "rollcall";\n' },
    { place: "README.md:9", ending: "ts", code: 'import { createSession } from "rollcall";\n' },
    { place: "README.md:20", ending: "tsx", code: "export const screen = <rollcall-session />;\n" },
  ]);
  expect(found).toEqual([
    expect.stringMatching(/^README\.md:9\(1,10\): error TS/),
    expect.stringMatching(/^README\.md:20\(1,23\): error TS/),
  ]);
});

test.each(["better-auth", "express-session", "lucia"])(
  "what the guide from %s shows is what its example runs",
  async (library) => {
    const guide = await readFile(join(root, `docs/migrating-from-${library}.md`), "utf8");
    const example = await readFile(join(root, `examples/migrating/${library}/after.mjs`), "utf8");
    const shown = [...guide.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
    expect(shown).toHaveLength(1);
    for (const code of shown) expect(example).toContain(code);
  },
);

test("docs/errors.md gives each code its status and its code on the wire", async () => {
  const text = await readFile(join(root, "docs/errors.md"), "utf8");
  const rows = [...text.matchAll(/^## `(\w+)`\n+\|.*\n\|.*\n\| (\d+) \| (\w+) \|$/gm)];
  expect(rows.length).toBeGreaterThan(0);
  const headings = text.match(/^## /gm) ?? [];
  expect(rows).toHaveLength(headings.length);
  for (const [, code = "", status, errorCode] of rows) {
    const error = new SessionError(codeOf(code));
    expect([code, String(error.status), error.errorCode]).toEqual([code, status, errorCode]);
  }
});

const CODES: Readonly<Record<SessionErrorCode, true>> = {
  credential_missing: true,
  credential_invalid: true,
  user_type_forbidden: true,
  kind_forbidden: true,
  insufficient_scope: true,
  actor_forbidden: true,
  session_too_new: true,
  reauthentication_required: true,
  cross_site: true,
  throttled: true,
  session_limit: true,
  store_unavailable: true,
  malformed_request: true,
  internal: true,
};

function codeOf(text: string): SessionErrorCode {
  const isCode = (name: string): name is SessionErrorCode => Object.hasOwn(CODES, name);
  return isCode(text) ? text : expect.unreachable(`${text} is no code`);
}

test("links between the documents lead somewhere", async () => {
  const broken: string[] = [];
  for (const path of await documents()) {
    // Not in code, where a method may look like a link.
    const text = (await readFile(join(root, path), "utf8")).replace(/^```.*?^```$/gms, "");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      if (!existsSync(join(root, dirname(path), target))) broken.push(`${path}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test("docs/screens.md shows every picture that is taken, and none weighs much", async () => {
  const script = join(root, "scripts/screenshots/main.mjs");
  const help = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [script, "--help"], (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
  const taken = help.split("The names:")[1]?.match(/[\w-]+/g) ?? [];
  const text = await readFile(join(root, "docs/screens.md"), "utf8");
  const shown = [...text.matchAll(/^!\[[^\]]+\]\(images\/([\w-]+)\.png\)$/gm)].map(
    ([, name]) => name,
  );
  const files = await readdir(join(root, "docs/images"));
  expect(shown.toSorted()).toEqual(taken.toSorted());
  expect(files.toSorted()).toEqual(taken.map((name) => `${name}.png`).toSorted());
  for (const file of files) {
    const { size } = await stat(join(root, "docs/images", file));
    expect(size, file).toBeLessThan(80_000);
  }
});

import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";

const here = import.meta.dirname;
const docs = join(here, "../../../../docs");

/** All requirements of the chapters that the page is about, by OWASP ASVS 5.0.0. */
const CHAPTERS: Readonly<Record<string, number>> = {
  ...{ "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2 },
  ...{ "3.3": 5, "9.1": 3, "9.2": 4, "10.4": 16 },
};

interface Row {
  readonly requirement: string;
  /** The name of the file of the test; `undefined` without one. */
  readonly file: string | undefined;
}

async function rows(): Promise<readonly Row[]> {
  const page = await readFile(join(docs, "asvs.md"), "utf8");
  const found = page.matchAll(/^\| (\d+\.\d+\.\d+) .*?(?:\[test\]\(([^)]+)\) )?\|$/gm);
  return [...found].map(([, requirement = "", path]) => ({
    requirement,
    file: path === undefined ? undefined : basename(path),
  }));
}

test("the page names every test by its requirement and file, and every test is on the page", async () => {
  const named = (await rows()).flatMap(({ requirement, file }) =>
    file === undefined ? [] : [`${requirement} ${file}`],
  );
  const files = (await readdir(here)).filter((name) => /^v.*\.test\.ts$/.test(name));
  const tests = await Promise.all(
    files.map(async (file) => {
      const source = await readFile(join(here, file), "utf8");
      return [...source.matchAll(/^test\("(\d+\.\d+\.\d+): /gm)].map(([, one]) => `${one} ${file}`);
    }),
  );
  expect(named.toSorted()).toEqual(tests.flat().toSorted());
  expect(named.length).toBeGreaterThan(30);
});

test("the page is about every requirement of its chapters", async () => {
  const page = await readFile(join(docs, "asvs.md"), "utf8");
  const [, none = ""] = /so (10\.4\.1 to .*?) do not apply/s.exec(page) ?? [];
  const apart =
    none.replace("10.4.1 to 10.4.4", "10.4.1 10.4.2 10.4.3 10.4.4").match(/[\d.]+\d/g) ?? [];
  const told = [...(await rows()).map(({ requirement }) => requirement), ...apart];
  const all = Object.entries(CHAPTERS).flatMap(([chapter, count]) =>
    Array.from({ length: count }, (_, index) => `${chapter}.${index + 1}`),
  );
  expect(told.toSorted()).toEqual(all.toSorted());
});

import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { dataFolder } from "../support/demo.js";
import { postgresAvailable } from "../support/postgres.js";
import type { Violation } from "./checker.js";
import {
  committedLate,
  endedBehindStalledNetwork,
  endedElsewhere,
  outOfReach,
  type Scenario,
  startedLate,
} from "./scenarios.js";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** A build with one thing switched off, and the scenario that must show it. */
interface BrokenBuild {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly scenario: Scenario;
  readonly rule: Violation["rule"];
}

const builds: readonly BrokenBuild[] = [
  {
    name: "the fallback beyond maxStaleness",
    file: "core/revocation/feed.js",
    from: "return age >= 0 && age <= maxStaleness && clock.monotonic() - asOf.monotonic <= maxStaleness;",
    to: "return true;",
    scenario: endedBehindStalledNetwork,
    rule: "accepted after the bound",
  },
  {
    name: "the catch-up",
    file: "core/revocation/feed.js",
    from: "dependencies.apply(page);",
    to: "",
    scenario: endedElsewhere,
    rule: "accepted after the bound",
  },
  {
    name: "the catch-up of transactions that were in progress",
    file: "stores/postgres/changes.js",
    from: 'arrayOf(cursor.inProgress === "" ? [] : [cursor.inProgress])',
    to: "arrayOf([])",
    scenario: committedLate,
    rule: "accepted after the bound",
  },
  {
    name: "the margin for clock skew",
    file: "core/revocation/feed.js",
    from: "store.changes(from, margin, ",
    to: "store.changes(from, 0, ",
    scenario: startedLate,
    rule: "accepted after the bound",
  },
  {
    name: "the difference between not knowing and knowing better",
    file: "core/model/errors.js",
    from: "status: 503",
    to: "status: 401",
    scenario: outOfReach,
    rule: "signed out without an end",
  },
];

async function build(broken: BrokenBuild | null): Promise<string> {
  const folder = await dataFolder();
  const built = join(folder, "demo/node_modules/rollcall");
  for (const part of ["package.json", "dist"]) {
    await cp(join(ROOT, "packages/rollcall", part), join(built, part), { recursive: true });
  }
  for (const part of ["demo/package.json", "demo/dist", "demo/page"]) {
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  if (broken !== null) {
    const { file, from, to } = broken;
    const path = join(built, "dist", file);
    const text = await readFile(path, "utf8");
    expect(text.split(from), `${file} holds "${from}" once`).toHaveLength(2);
    await writeFile(path, text.replace(from, to));
  }
  return join(folder, "demo/dist/main.js");
}

/** A copied build, and one or two servers started on it. */
const TIMEOUT = 90_000;

describe.skipIf(!postgresAvailable)("a build with one thing switched off is reported", () => {
  for (const broken of builds) {
    test(
      `${broken.name}: on`,
      async () => {
        expect(await broken.scenario(await build(null))).toEqual([]);
      },
      TIMEOUT,
    );
    test(
      `${broken.name}: off`,
      async () => {
        expect(await broken.scenario(await build(broken))).toEqual([broken.rule]);
      },
      TIMEOUT,
    );
  }
});

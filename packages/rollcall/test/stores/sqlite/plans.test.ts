import { sqlite } from "rollcall/sqlite";
import { expect, test } from "vitest";
import * as erasing from "../../../src/stores/sqlite/erase-statements.js";
import * as statements from "../../../src/stores/sqlite/statements.js";
import { newFile, open } from "./fixtures.js";

async function planOf(statement: string): Promise<string[]> {
  const handle = open(newFile());
  await sqlite(handle).migrate();
  const plan = handle.prepare(`EXPLAIN QUERY PLAN ${statement}`).all();
  return plan.map((row) =>
    typeof row === "object" && row !== null && "detail" in row ? String(row.detail) : "",
  );
}

// A row each for the identity and for every AUTOINCREMENT table; the values of json_each, and what
// was read from them.
const HARMLESS = /^SCAN (rollcall_identity|sqlite_sequence|json_each|u|uses)\b/;

test.each(Object.entries({ ...statements, ...erasing }))(
  "%s scans no table",
  async (_, statement) => {
    const plan = await planOf(statement);
    const scans = plan.filter((step) => step.startsWith("SCAN ") && !HARMLESS.test(step));
    expect(scans, plan.join("\n")).toEqual([]);
  },
);

test("a list comes out of its index in order", async () => {
  const plan = (await planOf(statements.LIST)).join("\n");
  // The time in the condition too: a later page does not walk through the earlier ones.
  expect(plan).toMatch(/USING INDEX rollcall_sessions_by_user .*created_at</);
  expect(plan).not.toContain("TEMP B-TREE");
});

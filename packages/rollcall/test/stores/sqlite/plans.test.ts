import { sqlite } from "rollcall/sqlite";
import { expect, test } from "vitest";
import * as changes from "../../../src/stores/sqlite/changes.js";
import * as confirm from "../../../src/stores/sqlite/confirm.js";
import * as create from "../../../src/stores/sqlite/create.js";
import * as erase from "../../../src/stores/sqlite/erase.js";
import * as find from "../../../src/stores/sqlite/find.js";
import * as list from "../../../src/stores/sqlite/list.js";
import * as outdate from "../../../src/stores/sqlite/outdate.js";
import * as purge from "../../../src/stores/sqlite/purge.js";
import * as purgeEvents from "../../../src/stores/sqlite/purge-events.js";
import * as rename from "../../../src/stores/sqlite/rename.js";
import * as revoke from "../../../src/stores/sqlite/revoke.js";
import * as revokeAll from "../../../src/stores/sqlite/revoke-all.js";
import * as revokeByKey from "../../../src/stores/sqlite/revoke-by-key.js";
import * as revokeReused from "../../../src/stores/sqlite/revoke-reused.js";
import * as rotate from "../../../src/stores/sqlite/rotate.js";
import { APPEND_EVENTS } from "../../../src/stores/sqlite/sql/event-sql.js";
import * as touch from "../../../src/stores/sqlite/touch.js";
import * as update from "../../../src/stores/sqlite/update.js";
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

const verbs: Readonly<Record<string, object>> = {
  changes,
  confirm,
  create,
  erase,
  find,
  list,
  outdate,
  purge,
  purgeEvents,
  rename,
  revoke,
  revokeAll,
  revokeByKey,
  revokeReused,
  rotate,
  touch,
  update,
  events: { APPEND_EVENTS },
};

const statements = Object.entries(verbs).flatMap(([verb, exported]) => {
  const found = Object.entries(exported).flatMap(([name, value]) =>
    typeof value === "string" ? [[`${verb}: ${name}`, value] as const] : [],
  );
  if (found.length === 0) throw new Error(`${verb} exports no statement`);
  return found;
});

test.each(statements)("%s scans no table", async (_, statement) => {
  const plan = await planOf(statement);
  const scans = plan.filter((step) => step.startsWith("SCAN ") && !HARMLESS.test(step));
  expect(scans, plan.join("\n")).toEqual([]);
});

test("a list comes out of its index in order", async () => {
  const plan = (await planOf(list.LIST)).join("\n");
  // The time in the condition too: a later page does not walk through the earlier ones.
  expect(plan).toMatch(/USING INDEX rollcall_sessions_by_user .*created_at</);
  expect(plan).not.toContain("TEMP B-TREE");
});

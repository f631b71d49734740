import Database from "libsql";
import { postgres } from "rollcall/postgres";
import { sqlite } from "rollcall/sqlite";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type Columns, column, listColumns, optional, STRING } from "../../src/stores/columns.js";
import { EVENT_COLUMNS } from "../../src/stores/event-columns.js";
import { numberParameters, valuesFor } from "../../src/stores/postgres/sql/parameters.js";
import { SESSION_COLUMNS, type SessionFields } from "../../src/stores/session-columns.js";
import { createDatabase, postgresAvailable } from "../support/postgres.js";

/** What the database has and no list has to have: it is kept or computed by the database alone. */
const OWN_TO_POSTGRES = {
  rollcall_sessions: ["key_ids", "refuse_until"],
  rollcall_events: ["id", "xid"],
};

// A migration that is missing, or is unlike its line of the list, shows here.

test.each(Object.keys(OWN_TO_POSTGRES))(
  "sqlite: the columns of %s are those of the list",
  async (table) => {
    const database = new Database(":memory:");
    await sqlite(database).migrate();
    const found = database.pragma(`table_info(${table})`);
    const columns = listOf(table).map(({ name, sqlite: type, isNullable }) =>
      expect.objectContaining({ name, type, notnull: isNullable ? 0 : 1 }),
    );
    if (table === "rollcall_events")
      columns.unshift(expect.objectContaining({ name: "id", pk: 1 }));
    expect(found).toEqual(columns);
    database.close();
  },
);

describe.skipIf(!postgresAvailable)("postgres", () => {
  test("the columns of its tables are those of the lists", async () => {
    const database = await createDatabase();
    const pool = database.pool();
    const store = postgres(pool, { listen: false });
    await store.migrate();
    for (const [table, own] of Object.entries(OWN_TO_POSTGRES)) {
      const { rows } = await pool.query(
        `select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
           not a.attnotnull as nullable, nullif(c.collname, 'default')::text as collation
         from pg_attribute as a left join pg_collation as c on c.oid = a.attcollation
         where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
           and a.attname <> all($2) order by a.attnum`,
        [table, own],
      );
      const columns = listOf(table).map(({ name, postgres: type, isNullable }) => ({
        name,
        type: type.replace("pg_catalog.", "").replace(/ collate .*/, ""),
        nullable: isNullable,
        collation: type.includes("collate") ? "C" : null,
      }));
      expect(rows, table).toEqual(columns);
    }
    await store.close();
    await database.drop();
  });
});

function listOf(table: string) {
  const columns = table === "rollcall_events" ? EVENT_COLUMNS : SESSION_COLUMNS;
  return listColumns<Record<string, unknown>>(columns);
}

test("a list without a field does not compile", () => {
  type Lists = Columns<SessionFields>;
  expectTypeOf(SESSION_COLUMNS).toExtend<Lists>();
  expectTypeOf<Omit<Lists, "name">>().not.toExtend<Lists>();
  // A column that may be null, for a field that may not.
  const keyId = column("key_id", optional(STRING));
  expectTypeOf<Omit<Lists, "keyId"> & { keyId: typeof keyId }>().not.toExtend<Lists>();
});

test("parameters are numbered by their first use, and conversions and strings left alone", () => {
  const { text, names } = numberParameters(
    `select :b::pg_catalog.text, :a::bigint, :b::pg_catalog.text, '{"kind":"system"}'::pg_catalog.jsonb`,
  );
  expect(text).toBe(
    `select $1::pg_catalog.text, $2::bigint, $1::pg_catalog.text, '{"kind":"system"}'::pg_catalog.jsonb`,
  );
  expect(valuesFor(names, { a: 1, b: null, unused: true })).toEqual([null, 1]);
  expect(() => valuesFor(names, { a: 1 })).toThrow("the statement lacks a value for :b");
});

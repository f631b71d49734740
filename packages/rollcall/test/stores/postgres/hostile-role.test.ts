import type { Client } from "pg";
import { postgresSchema } from "rollcall/postgres";
import { describe, expect, test } from "vitest";
import { ada, grace } from "../../../src/testing/conformance/new-session.js";
import { postgresAvailable } from "../../support/postgres.js";
import { begin, connect, LOGOUT, newDatabase, openStore, presenting, signIn } from "./fixtures.js";
import { statements } from "./statements.js";

// Another role may create functions, operators and types in a schema of our search_path: in `public`
// any role may, by default before Postgres 15. Nothing of theirs may be run by us, or decide for us.

const texts = [
  ...statements.flatMap(([, { own, joined }]) => [own.text, joined.text]),
  postgresSchema(),
];

/** What is no SQL of ours: comments and texts. */
function bare(text: string): string {
  return text.replace(/--.*$/gm, "").replace(/'[^']*'/g, "''");
}

/** Key words that stand before a bracket, or are built in whatever the path. */
const WORDS =
  /^(all|and|any|array|as|by|coalesce|conflict|exists|extract|from|greatest|in|join|key|least|not|on|or|over|select|then|values|with|when|where|materialized)$/;

test("every function and type is named with its schema", () => {
  for (const text of texts.map(bare)) {
    const called = [...text.matchAll(/(?<![.\w"])(as )?([a-z_]\w*)\s*\(/g)]
      .filter(([, alias, name = ""]) => alias === undefined && !WORDS.test(name))
      .map(([, , name]) => name)
      // A table with its columns.
      .filter((name) => !/^rollcall_/.test(name ?? ""));
    expect(called, text).toEqual([]);
    const types = [...text.matchAll(/::\s*([\w.]+)/g)].map(([, name]) => name);
    for (const name of types) expect(name).toMatch(/^(pg_catalog\.\w+|bigint|boolean|numeric)$/);
  }
});

/** A function, type and operator of another role for each that a statement of ours could mean. */
const TRAPS = `
create table public.trapped (what text);
grant insert on public.trapped to public;
create function public.trap(what text) returns void language plpgsql as
  $$ begin insert into public.trapped values (what); end $$;
do $do$
declare
  one record;
  made text;
begin
  -- The same functions.
  for one in
    select p.oid, p.proname, pg_get_function_identity_arguments(p.oid) as arguments,
      pg_get_function_result(p.oid) as result
    from pg_proc as p
    where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and not p.proretset
      and p.proargmodes is null and p.proname = any($names$)
      and not exists (select from unnest(p.proargtypes) as t where t in (2281, 2276, 2277, 2283))
  loop
    execute format('create function public.%I(%s) returns %s language plpgsql as
      $f$ begin perform public.trap(%L); return%s; end $f$', one.proname, one.arguments, one.result,
      one.proname, case when one.result = 'void' then '' else ' null' end);
  end loop;
  -- Closer to what is passed than those that take anything.
  foreach made in array array[
    'concat_ws(text, bigint, integer, bigint, oid, oid) returns text',
    'concat_ws(text, text, bigint, oid, oid) returns text',
    'jsonb_build_object(text, text) returns jsonb',
    'json_build_object(text, uuid, text, bigint) returns json',
    'unnest(uuid[], bigint[]) returns record', 'unnest(uuid[]) returns uuid',
    'unnest(bigint[]) returns bigint', 'count(uuid) returns bigint', 'max(integer) returns integer']
  loop
    execute format('create function public.%s language plpgsql as
      $f$ begin perform public.trap(%L); return null; end $f$', made, made);
  end loop;
  -- Operators for which the built-in ones need a conversion first.
  for one in
    select o.name, a.name as one, b.name as other
    from unnest(array['=', '<>', '<', '<=', '>', '>=', '+', '-', '*']) as o (name)
    cross join unnest(array['integer', 'bigint', 'numeric', 'text', 'varchar', 'name', 'uuid', 'oid',
      'xid8', 'jsonb', 'boolean']) as a (name)
    cross join unnest(array['integer', 'bigint', 'numeric', 'text', 'varchar', 'name', 'uuid', 'oid',
      'xid8', 'jsonb', 'boolean']) as b (name)
    where not exists (
      select from pg_operator as p where p.oprname = o.name
        and p.oprleft = a.name::regtype and p.oprright = b.name::regtype)
  loop
    made := format('o_%s_%s_%s', md5(one.name), one.one, one.other);
    execute format('create function public.%I(%s, %s) returns %s language plpgsql as
      $f$ begin perform public.trap(%L); return null; end $f$', made, one.one, one.other,
      case when one.name in ('+', '-', '*') then one.one else 'boolean' end, made);
    execute format('create operator public.%s (leftarg = %s, rightarg = %s, function = public.%I)',
      one.name, one.one, one.other, made);
  end loop;
end $do$;
create domain public.text as pg_catalog.text check (value is null);
create domain public.uuid as pg_catalog.uuid check (value is null);
create domain public.jsonb as pg_catalog.jsonb check (value is null);
create domain public.json as pg_catalog.json check (value is null);
create domain public.xid8 as pg_catalog.xid8 check (value is null);
create domain public.oid as pg_catalog.oid check (value is null);
create domain public.int8 as pg_catalog.int8 check (value is null);
create domain public.bool as pg_catalog.bool check (value is null)`;

async function setTraps(client: Client): Promise<void> {
  const used = texts.flatMap((text) => [...bare(text).matchAll(/pg_catalog\.(\w+)\s*\(/g)]);
  const names = `array['${[...new Set(used.map(([, name]) => name))].join("', '")}']`;
  await client.query(TRAPS.replace("$names$", names));
}

describe.skipIf(!postgresAvailable)("a role that may create in a schema of our path", () => {
  test.each(["public", "public,pg_catalog"])(
    "with a path of %s nothing of it is run",
    async (path) => {
      const database = await newDatabase();
      const attacker = await connect(database);
      await setTraps(attacker);
      const pool = database.pool({ options: `-c search_path=${path}` });
      const store = openStore(pool, { listen: false });
      await store.migrate();
      // They do catch what is written without care.
      await pool.query(
        "select concat_ws('.', 'x', 1::bigint, 2::pg_catalog.oid, 3::pg_catalog.oid), 1.5 * 2",
      );
      expect((await attacker.query("delete from public.trapped")).rowCount).toBe(2);

      const limit = { max: 2, onLimit: "evict-oldest" } as const;
      const { cursor } = await store.changes(null, 1000);
      const first = await signIn(store, { limit });
      const second = await signIn(store, { limit });
      await signIn(store, { limit, replaces: second.id, authenticatedAt: Date.now() + 1000 });
      const lru = { max: 1, onLimit: "evict-least-recently-used" } as const;
      const current = await signIn(store, { limit: lru });
      await store.rotate(presenting(current));
      await store.rotate(presenting(current, { now: Date.now() + 60_000 }));
      await store.rotate(presenting({ id: current.id, generation: 9 }));
      await store.confirm([{ id: current.id, generation: 10 }]);
      await store.touch([{ id: current.id, at: Date.now() + 1000 }]);
      await store.rename(ada, current.id, { name: "x", actor: { kind: "user" } });
      await store.find(current.id);
      expect(await store.list(ada, { limit: 10, after: null })).toHaveLength(1);
      await store.rotate(presenting(current));
      const lost = await signIn(store, { user: grace, keyId: "k2" });
      const terms = { keyId: "k2", after: null, revocation: LOGOUT };
      await store.rotate(presenting(lost, { keyId: "k3", presentedKeyId: "k2" }));
      await store.rotate(presenting(lost, { presentedKeyId: "k4" }));
      for (const wait of [false, true]) await store.revokeByKey?.({ ...terms, wait });
      expect((await store.get(grace, lost.id))?.revokedReason).toBe("logout");
      const client = await begin(database);
      await client.query(`set local search_path to ${path}`);
      const inside = store.in?.(client) ?? expect.unreachable();
      const { id } = await signIn(inside, { user: grace });
      await inside.revoke(grace, id, LOGOUT);
      await inside.revokeAll(grace, { revocation: LOGOUT, except: null });
      await client.query("commit");
      await store.erase(grace, { margin: 1000 });
      const page = await store.changes(cursor, 1000);
      expect(page.whole).toBe(false);
      expect(page.revoked.map((entry) => entry.id)).toContain(first.id);
      await store.purgeEvents(Date.now() + 1e12, 100);
      expect(await store.purge(Date.now() + 1e12, 100)).toBeGreaterThan(3);
      const { rows } = await attacker.query("select distinct what from public.trapped");
      expect(rows).toEqual([]);
    },
  );
});

/*
 * How SQL is written here. Another role may be allowed to create objects in a schema of our
 * `search_path` (in `public`, any role may by default before Postgres 15) and must not get them run
 * with our rights:
 *
 * - Our tables have plain names, `rollcall_sessions`; a namespace qualifies each.
 * - Functions and types are qualified, `pg_catalog.now()`, unless their names are key words, which
 *   always mean the built-in: `bigint`, `boolean`, `integer`, `numeric`, `coalesce`, `extract`.
 * - Operators have operands of types for which there is a built-in operator without any conversion.
 *
 * Parameters are named, `:userId`, and each use states its type: `:userId::pg_catalog.text`.
 */

/** SQL whose tables are still to be qualified and whose parameters are still to be numbered. */
export interface Template {
  readonly text: string;
  /** Whether the server may keep its plan, under a name. */
  readonly isKept: boolean;
}

/** A statement as the server gets it. */
export interface Prepared {
  /** No other text has this name. `null`: the plan is not to be kept. */
  readonly name: string | null;
  readonly text: string;
  /** The names of `$1`, `$2` … */
  readonly parameters: readonly string[];
}

/** A statement in both its forms: on our own connection, and in the caller's transaction. */
export interface Statement {
  readonly own: Template;
  readonly joined: Template;
}

function millisecondsOf(clock: string): string {
  return `pg_catalog.floor(extract(epoch from pg_catalog.${clock}()) * 1000::numeric)::bigint`;
}

/** The server's own clock when the statement reached it. */
export const SERVER_NOW: string = millisecondsOf("statement_timestamp");

/** The time a statement goes by: `:now` where a clock is given, else the server's. */
export const NOW: string = `coalesce(:now::bigint, ${SERVER_NOW})`;

/** The same in the middle of a statement that may have waited for a lock. */
export const NOW_AFTER_LOCK: string = `coalesce(:now::bigint, ${millisecondsOf("clock_timestamp")})`;

/** Stands for the name of the schema, as a string. */
export const SCHEMA = "{schema}";

/** Stands for the name of the channel on which hints are sent, as a string. */
export const CHANNEL = "{channel}";

/** As text, because the function returns `void`, which drivers such as Prisma's cannot read. */
export const NOTIFY: string = `pg_catalog.pg_notify(${CHANNEL}, 'changed')::pg_catalog.text`;

/** A column without a value would be dropped from a plain `select`; this one has an effect. */
export const HINT: string = `${NOTIFY} as hinted`;

/** A statement that is sent once. */
export function once(text: string): Template {
  return { isKept: false, text };
}

/** A statement that neither writes nor locks. */
export function reading(text: string): Statement {
  const template = { isKept: true, text };
  return { own: template, joined: template };
}

/**
 * A statement that locks rows. `ctx.now` is its time (`:now`); `:lockTimeout` bounds its waits for
 * locks.
 *
 * The statement sets the bound itself, local to its transaction, so it leaves nothing behind on a
 * connection that is not ours and works behind PgBouncer. Each part that locks must join `ctx`: a
 * row of it is computed before the first row can be locked. In the caller's transaction nothing is
 * set.
 */
export function writing(body: string): Statement {
  const form = (lockTimeout: string): Template => ({
    isKept: true,
    text: `with ctx as materialized (select ${NOW} as now, ${lockTimeout} as lock_timeout)${body}`,
  });
  return {
    own: form("pg_catalog.set_config('lock_timeout', :lockTimeout::pg_catalog.text, true)"),
    joined: form(":lockTimeout::pg_catalog.text"),
  };
}

/** An array as the server writes one; drivers differ in how they would. Holds ids or numbers. */
export function arrayOf(values: readonly (string | number)[]): string {
  return `{${values.join(",")}}`;
}

/** The same for names. They hold no quote and no backslash; without quotes `null` would be none. */
export function textsOf(names: readonly string[]): string {
  return arrayOf(names.map((name) => `"${name}"`));
}

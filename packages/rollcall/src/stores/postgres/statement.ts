/*
 * How SQL is written here, since another role may be allowed to create things in a schema of our
 * `search_path` (in `public` by default before Postgres 15), and must not get them run as ours:
 *
 * - our tables stand by their plain names, `rollcall_sessions`; a namespace qualifies each;
 * - functions and types are qualified, `pg_catalog.now()`, unless their names are key words, which
 *   always mean the built-in: `bigint`, `boolean`, `integer`, `numeric`, `coalesce`, `extract`;
 * - operators have operands of types for which there is a built-in operator without any conversion.
 */

/** SQL that is still to be qualified. */
export interface Template {
  readonly text: string;
  /** Whether the server may keep its plan, under a name. */
  readonly isKept: boolean;
}

/** A text as the server gets it, and a name that no other text has; `null`: not to be kept. */
export interface Prepared {
  readonly name: string | null;
  readonly text: string;
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

/** The time a statement goes by: `$1` where a clock is given, else that of the server. */
export const NOW: string = `coalesce($1::bigint, ${SERVER_NOW})`;

/** The same in the middle of a statement that may have waited for a lock. */
export const NOW_AFTER_LOCK: string = `coalesce($1::bigint, ${millisecondsOf("clock_timestamp")})`;

/** Stands for the name of the schema, as a text. */
export const SCHEMA = "{schema}";

/** Stands for the name of the channel on which hints are sent, as a text. */
export const CHANNEL = "{channel}";

/** Drivers such as Prisma's cannot read `void`, which the function gives back. */
export const NOTIFY: string = `pg_catalog.pg_notify(${CHANNEL}, 'changed')::pg_catalog.text`;

/** A column without a value would be dropped from a plain `select`; this one acts. */
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
 * A statement that locks rows. `ctx.now` is its time (`$1`); `$2` bounds its waits for locks.
 *
 * The bound is set by the statement itself, local to its transaction, so it leaves nothing behind
 * on a connection that is not ours and works behind PgBouncer. Each part that locks must join
 * `ctx`: a row of it is computed before the first row can be locked. In the caller's transaction
 * nothing is set.
 */
export function writing(body: string): Statement {
  const form = (lockTimeout: string): Template => ({
    isKept: true,
    text: `with ctx as materialized (select ${NOW} as now, ${lockTimeout} as lock_timeout)${body}`,
  });
  return {
    own: form("pg_catalog.set_config('lock_timeout', $2::pg_catalog.text, true)"),
    joined: form("$2::pg_catalog.text"),
  };
}

/** An array as the server writes one; drivers differ in how they would. Holds ids or numbers. */
export function arrayOf(values: readonly (string | number)[]): string {
  return `{${values.join(",")}}`;
}

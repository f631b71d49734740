import { createHash } from "node:crypto";

/** A text as the server gets it, and a name that no other text has; `null`: not to be kept. */
export interface Prepared {
  readonly name: string | null;
  readonly text: string;
}

/** A statement in both its forms: on our own connection, and in the caller's transaction. */
export interface Statement {
  readonly own: Prepared;
  readonly joined: Prepared;
}

function prepare(text: string): Prepared {
  // Two texts under one name are an error, and two releases of this library may share a pool.
  const hash = createHash("sha256").update(text).digest("hex");
  return { name: `rollcall_${hash.slice(0, 20)}`, text };
}

/** The time a statement goes by: `$1` where a clock is given, else when it reached the server. */
export const NOW =
  "coalesce($1::int8, floor(extract(epoch from statement_timestamp()) * 1000)::int8)";

/** The same in the middle of a statement that may have waited for a lock. */
export const NOW_AFTER_LOCK =
  "coalesce($1::int8, floor(extract(epoch from clock_timestamp()) * 1000)::int8)";

/** A statement that is sent once. */
export function once(text: string): Prepared {
  return { name: null, text };
}

/** A statement that neither writes nor locks. */
export function reading(text: string): Statement {
  const prepared = prepare(text);
  return { own: prepared, joined: prepared };
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
  const form = (lockTimeout: string): Prepared =>
    prepare(
      `with ctx as materialized (select ${NOW} as now, ${lockTimeout} as lock_timeout)${body}`,
    );
  return {
    own: form("set_config('lock_timeout', $2::text, true)"),
    joined: form("$2::text"),
  };
}

/** An array as the server writes one; drivers differ in how they would. Holds ids or numbers. */
export function arrayOf(values: readonly (string | number)[]): string {
  return `{${values.join(",")}}`;
}

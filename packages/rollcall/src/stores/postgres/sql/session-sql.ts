import { KEY_END_REMEMBERED } from "../../../core/port/endings.js";
import type { RevokedEntry } from "../../../core/port/operations.js";
import { listColumns } from "../../columns.js";
import { nullable, type Row, stringOf, toRevokedEntry } from "../../row.js";
import { SESSION_COLUMNS, SUMMARY_COLUMNS } from "../../session-columns.js";

const COLUMNS = listColumns(SESSION_COLUMNS);

/** Applications replace the parsers of `pg`, so JSON is selected and bound as a string. */
function isJson(type: string): boolean {
  return type.includes("json");
}

/** The columns of a session as `toSession` reads them. Never `*`: plans are kept. */
export function columns(alias: string): string {
  return selected(COLUMNS, alias);
}

/** The columns of a list as `toSummary` reads them. */
export function summaryColumns(alias: string): string {
  return selected(listColumns(SUMMARY_COLUMNS), alias);
}

function selected(
  list: readonly { readonly name: string; readonly postgres: string }[],
  alias: string,
): string {
  return list
    .map(({ name, postgres }) =>
      isJson(postgres) ? `${alias}.${name}::pg_catalog.text as ${name}` : `${alias}.${name}`,
    )
    .join(", ");
}

/** The names of all columns, for INSERT. */
export const COLUMN_NAMES: string = COLUMNS.map(({ name }) => name).join(", ");

/**
 * The values of a session for INSERT, as `sessionValues` names them. Its times are relative: they
 * count from `now`, the database's time. `computed` are expressions for fields that the statement
 * finds out itself.
 */
export function insertedValues(
  now: string,
  computed: Readonly<Record<string, string>> = {},
): string {
  return COLUMNS.map(({ field, postgres, isTime }) => {
    const expression = computed[field];
    if (expression !== undefined) return expression;
    const type = postgres.replace(/ collate .*/, "");
    // The application's own clock gave it, and may be ahead.
    if (field === "authenticatedAt") {
      return `least(coalesce(:authenticatedAt::bigint, ${now}), ${now})`;
    }
    const value = `:${field}${isJson(type) ? "::pg_catalog.text" : ""}::${type}`;
    return isTime ? `${now} + ${value}` : value;
  }).join(", ");
}

/*
 * Statements that lock several sessions lock them in the order of their ids, so that no two of them
 * wait for one another. Strings compare by code unit: those columns are COLLATE "C".
 */

/** Must match `isActive` of the core. */
export const ACTIVE = "s.revoked_at is null and s.expires_at > ctx.now";

/** Whose session or event: `:userType` and `:userId`. */
export function ofUser(alias: string): string {
  return `${alias}.user_type = :userType::pg_catalog.text and ${alias}.user_id = :userId::pg_catalog.text`;
}

/** When the end of a session may be forgotten. Must match `ended` of core/port/endings.ts. */
export function setForgotten(now: string): string {
  const until = `${now} + ${KEY_END_REMEMBERED}::bigint`;
  return `access_until = case when s.secret_hash is null then s.access_until
      else greatest(s.access_until, ${until}) end,
    absolute_expires_at = case when s.secret_hash is null then s.absolute_expires_at
      else least(s.absolute_expires_at, ${until}) end`;
}

/** Ends a session: `:reason` and `:actor`. */
export const SET_REVOKED: string = `revoked_at = ctx.now, revoked_reason = :reason::pg_catalog.text,
    revoked_by = :actor::pg_catalog.text::pg_catalog.jsonb, ${setForgotten("ctx.now")}`;

/** The key ids of a session, at least one. They hold no comma. */
export const KEY_IDS = "(case when s.key_ids = '' then s.key_id else s.key_ids end)";

export function lacksKey(list: string, keyId: string): string {
  return `pg_catalog.strpos(',' || ${list} || ',', ',' || ${keyId} || ',') = 0`;
}

/** The entries of `rows`, which has `id` and `access_until`, as one JSON array. */
export function entriesOf(rows: string): string {
  return `(select pg_catalog.json_agg(
    pg_catalog.json_build_object('id', r.id, 'access_until', r.access_until))::pg_catalog.text
    from ${rows} as r)`;
}

/** Reads what {@link entriesOf} gives. */
export function toRevokedEntries(row: Row, column: string): readonly RevokedEntry[] {
  const text = nullable(stringOf, row, column);
  const entries: Row[] = text === null ? [] : JSON.parse(text);
  return entries.map(toRevokedEntry);
}

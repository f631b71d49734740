import type { RevokedEntry } from "../../core/port/store.js";
import { nullable, type Row, textOf, toRevokedEntry } from "../row.js";

export function toRows(rows: readonly unknown[]): readonly Row[] {
  return rows.filter((row): row is Row => typeof row === "object" && row !== null);
}

const PLAIN = [
  "id",
  "user_type",
  "user_id",
  "name",
  "persistent",
  "created_at",
  "last_used_at",
  "last_ip",
  "idle_timeout",
  "expires_at",
  "absolute_expires_at",
  "generation",
  "predecessor",
  "void_from",
  "void_to",
  "confirmed",
  "rotated_at",
  "key_id",
  "access_until",
  "revoked_at",
  "revoked_reason",
] as const;

const JSON_COLUMNS = ["device_info", "metadata", "revoked_by"] as const;

/** The columns of a session as {@link toSession} reads them. Never `*`: plans are kept. */
export function columns(alias: string): string {
  return [
    ...PLAIN.map((name) => `${alias}.${name}`),
    ...JSON_COLUMNS.map((name) => `${alias}.${name}::pg_catalog.text as ${name}`),
  ].join(", ");
}

/** Entries that came as one JSON array. */
export function toRevokedEntries(row: Row, column: string): readonly RevokedEntry[] {
  const text = nullable(textOf, row, column);
  const entries: Row[] = text === null ? [] : JSON.parse(text);
  return entries.map(toRevokedEntry);
}

import { textOf } from "../row.js";
import type { Connection } from "./database.js";
import * as sql from "./statements.js";

/** Forgets sessions past their absolute limit, with their events; returns how many. */
export function purge(connection: Connection, before: number, limit: number): number {
  const rows = connection.rows(sql.PURGE_SESSIONS, { before, limit });
  const ids = rows.map((row) => textOf(row, "id"));
  if (ids.length > 0) connection.run(sql.PURGE_EVENTS, { ids: JSON.stringify(ids) });
  return ids.length;
}

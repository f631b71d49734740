import type { StoredEvent } from "../../core/events.js";
import type { ChangePage } from "../../core/store.js";
import type { Row } from "../row.js";
import { integerOf, textOf, toEvent, toRevokedEntry } from "../row.js";
import type { Connection } from "./database.js";
import * as sql from "./statements.js";

/**
 * Where a reader stands: behind one event of one database.
 *
 * The id of the last event is a sound cursor here, though a sequence is not one on other databases:
 * SQLite has one writer at a time, so ids become visible in their order, and one that a rollback
 * took back was never seen. A copy of the file put back in its place (a restored backup) gives ids
 * a second time: so the cursor also names the event that had the id, and the database that gave
 * it. It is void when the id was not given yet, or is another event's.
 */
interface Cursor {
  readonly identity: string;
  /** 0: no event yet. */
  readonly id: number;
  readonly at: number;
  readonly sessionId: string;
}

const CURSOR = /^([0-9a-f]{32})\.(\d{1,15})\.(-?\d{1,16})\.([0-9a-f-]*)$/;

function parse(text: string): Cursor | null {
  const [, identity, id, at, sessionId] = CURSOR.exec(text) ?? [];
  if (identity === undefined || id === undefined || at === undefined || sessionId === undefined) {
    return null;
  }
  return { identity, id: Number(id), at: Number(at), sessionId };
}

function format({ identity, id, at, sessionId }: Cursor): string {
  return `${identity}.${id}.${at}.${sessionId}`;
}

/** Reads what is new. Must run in a read transaction: its statements must see one state. */
export function changes(
  connection: Connection,
  from: string | null,
  margin: number,
  now: number = Date.now(),
): ChangePage {
  const cursor = from === null ? null : parse(from);
  const { id, at, sessionId } = cursor ?? { id: 0, at: 0, sessionId: "" };
  const checked = connection.rows(sql.CHECK_CURSOR, { id, at, sessionId })[0];
  if (checked === undefined) throw new Error("the row of rollcall_identity is missing");
  const identity = textOf(checked, "identity");
  if (cursor?.identity === identity && integerOf(checked, "known") === 1) {
    return changesSince(connection, cursor, now);
  }
  const last = connection.rows(sql.LAST_EVENT, {})[0];
  return {
    cursor: format(behind(identity, last)),
    now,
    whole: true,
    events: [],
    revoked: connection.rows(sql.REVOKED_SINCE, { since: now - margin }).map(toRevokedEntry),
  };
}

function changesSince(connection: Connection, cursor: Cursor, now: number): ChangePage {
  const rows = connection.rows(sql.EVENTS_SINCE, { id: cursor.id });
  const last = rows.at(-1);
  return {
    cursor: format(last === undefined ? cursor : behind(cursor.identity, last)),
    now,
    whole: false,
    events: rows.map(toEvent).filter((event): event is StoredEvent => event !== null),
    revoked: rows
      .filter((row) => row["access_until"] !== null)
      .map((row) => toRevokedEntry({ id: row["session_id"], access_until: row["access_until"] })),
  };
}

function behind(identity: string, event: Row | undefined): Cursor {
  if (event === undefined) return { identity, id: 0, at: 0, sessionId: "" };
  return {
    identity,
    id: integerOf(event, "id"),
    at: integerOf(event, "at"),
    sessionId: textOf(event, "session_id"),
  };
}

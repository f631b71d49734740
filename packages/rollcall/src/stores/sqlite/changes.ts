import type { ChangePage } from "../../core/port/changes.js";
import type { Row } from "../row.js";
import {
  integerOf,
  type Report,
  readable,
  textOf,
  toEvent,
  toRefused,
  toRevokedEntry,
} from "../row.js";
import type { Connection } from "./database.js";
import * as sql from "./statements.js";
import type { Writing } from "./writing.js";

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

/** The session's id comes last: whatever somebody wrote into that column, the cursor must hold. */
const CURSOR = /^([0-9a-f]{32})\.(\d{1,15})\.(-?\d{1,16})\.(.*)$/s;

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
  { connection, report }: Pick<Writing, "connection" | "report">,
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
    return changesSince(connection, cursor, now, report);
  }
  const last = connection.rows(sql.LAST_EVENT, {})[0];
  return {
    cursor: format(behind(identity, last)),
    now,
    whole: true,
    events: [],
    revoked: readable(
      "session",
      connection.rows(sql.REVOKED_SINCE, { since: now - margin }),
      toRevokedEntry,
      report,
    ),
  };
}

function changesSince(
  connection: Connection,
  cursor: Cursor,
  now: number,
  report: Report,
): ChangePage {
  const rows = connection.rows(sql.EVENTS_SINCE, { id: cursor.id });
  const last = rows.at(-1);
  return {
    cursor: format(last === undefined ? cursor : behind(cursor.identity, last)),
    now,
    whole: false,
    events: readable("event", rows, toEvent, report),
    // Whatever may be wrong with the event, its session is refused.
    revoked: readable("session", rows, toRefused, report),
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

import type { ChangePage } from "../../core/port/changes.js";
import { REFUSALS, toEvent, toOutdatedByEvent, toRevokedByEvent } from "../event-columns.js";
import {
  integerOf,
  type Row,
  readable,
  stringOf,
  toOutdatedEntry,
  toRevokedEntry,
} from "../row.js";
import type { ReadTransaction } from "./connection/write-transaction.js";
import { EVENT_SELECTION } from "./sql/event-sql.js";

/** An id that was given, and not to another event. Its own event may have been purged since. */
export const CHECK_CURSOR: string = `
SELECT rollcall_identity.id AS identity, :id = 0 OR (
  EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'rollcall_events' AND seq >= :id)
  AND NOT EXISTS (
    SELECT 1 FROM rollcall_events WHERE id = :id AND (at <> :at OR session_id <> :sessionId)
  )
) AS known
FROM rollcall_identity`;

export const EVENTS_SINCE: string = `
SELECT ${EVENT_SELECTION},
  CASE WHEN s.revoked_at IS NOT NULL THEN s.access_until END AS access_until,
  s.outdated_to, s.outdated_until
FROM rollcall_events AS e
LEFT JOIN rollcall_sessions AS s ON e.type IN ${REFUSALS} AND s.id = e.session_id
WHERE e.id > :id ORDER BY e.id`;

export const LAST_EVENT: string = `
SELECT id, at, session_id FROM rollcall_events
WHERE id = (SELECT max(id) FROM rollcall_events)`;

export const REVOKED_SINCE: string = `
SELECT id, access_until FROM rollcall_sessions
WHERE revoked_at IS NOT NULL AND access_until > :since`;

export const OUTDATED_SINCE: string = `
SELECT id, outdated_to, outdated_until FROM rollcall_sessions WHERE outdated_until > :since`;

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
  transaction: ReadTransaction,
  from: string | null,
  margin: number,
  now: number = Date.now(),
): ChangePage {
  const { connection, report } = transaction;
  const cursor = from === null ? null : parse(from);
  const { id, at, sessionId } = cursor ?? { id: 0, at: 0, sessionId: "" };
  const checked = connection.rows(CHECK_CURSOR, { id, at, sessionId })[0];
  if (checked === undefined) throw new Error("the row of rollcall_identity is missing");
  const identity = stringOf(checked, "identity");
  if (cursor?.identity === identity && integerOf(checked, "known") === 1) {
    return changesSince(transaction, cursor, now);
  }
  const last = connection.rows(LAST_EVENT, {})[0];
  const window = { since: now - margin };
  return {
    cursor: format(behind(identity, last)),
    now,
    whole: true,
    events: [],
    revoked: readable("session", connection.rows(REVOKED_SINCE, window), toRevokedEntry, report),
    outdated: readable("session", connection.rows(OUTDATED_SINCE, window), toOutdatedEntry, report),
  };
}

function changesSince(
  { connection, report }: ReadTransaction,
  cursor: Cursor,
  now: number,
): ChangePage {
  const rows = connection.rows(EVENTS_SINCE, { id: cursor.id });
  const last = rows.at(-1);
  return {
    cursor: format(last === undefined ? cursor : behind(cursor.identity, last)),
    now,
    whole: false,
    events: readable("event", rows, (row) => toEvent(row, report), report),
    // Whatever may be wrong with the event, its session is refused.
    revoked: readable("session", rows, toRevokedByEvent, report),
    outdated: readable("session", rows, toOutdatedByEvent, report),
  };
}

function behind(identity: string, event: Row | undefined): Cursor {
  if (event === undefined) return { identity, id: 0, at: 0, sessionId: "" };
  return {
    identity,
    id: integerOf(event, "id"),
    at: integerOf(event, "at"),
    sessionId: stringOf(event, "session_id"),
  };
}

import { isStoredEventType, type StoredEvent, storedEvent } from "../core/model/events.js";
import type { JsonObject } from "../core/model/json.js";
import type { Actor, SessionId } from "../core/model/session.js";
import type { OutdatedEntry, RevokedEntry } from "../core/port/operations.js";
import {
  ACTOR,
  CODE_UNITS,
  type Columns,
  column,
  json,
  optional,
  readFields,
  SESSION_ID,
  STRING,
  TIME,
} from "./columns.js";
import {
  damaged,
  integerOf,
  type Report,
  type Row,
  toOutdatedEntry,
  toRevokedEntry,
} from "./row.js";

/** An event with a field for each column but its id, which the database gives. */
export interface EventFields {
  readonly at: number;
  readonly type: string;
  readonly userType: string;
  readonly userId: string;
  readonly sessionId: SessionId;
  readonly actor: Actor;
  readonly processId: string;
  /** What events of this type carry beyond the others, such as the reason of a revocation. */
  readonly data: JsonObject | null;
}

/** The columns of `rollcall_events`: a list as that of a session's. */
export const EVENT_COLUMNS: Columns<EventFields> = {
  at: column("at", TIME),
  type: column("type", STRING),
  userType: column("user_type", CODE_UNITS),
  userId: column("user_id", CODE_UNITS),
  sessionId: column("session_id", SESSION_ID),
  actor: column("actor", ACTOR),
  processId: column("origin", STRING),
  data: column("data", optional(json<JsonObject>())),
};

/** Returns `null` for an event that only a later release knows. */
export function toEvent(row: Row, report: Report): StoredEvent | null {
  const id = String(integerOf(row, "id"));
  const { type, userType, userId, data, ...fields } = readFields(EVENT_COLUMNS, row, report);
  if (!isStoredEventType(type)) return null;
  const event = storedEvent({ ...fields, id, user: { type: userType, id: userId } }, type, data);
  if (event === null) throw damaged("data");
  return event;
}

/**
 * The events that tell of tokens to refuse. The columns of their session come with them:
 * `access_until` where it has ended, `outdated_to` and `outdated_until` where it was outdated.
 */
export const REFUSALS = "('session.revoked', 'session.claims_outdated', 'session.reauthenticated')";

/** The session to refuse after such an event; `null` when it goes on, or the event is another. */
export function toRevokedByEvent(row: Row): RevokedEntry | null {
  if (row["access_until"] === null) return null;
  return toRevokedEntry({ id: row["session_id"], access_until: row["access_until"] });
}

/** The tokens to refuse after such an event; `null` when there are none, or the event is another. */
export function toOutdatedByEvent({ session_id: id, ...row }: Row): OutdatedEntry | null {
  return row["outdated_until"] === null ? null : toOutdatedEntry({ ...row, id });
}

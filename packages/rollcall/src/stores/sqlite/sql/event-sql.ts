import type { StoredEvent } from "../../../core/model/events.js";
import type { JsonObject } from "../../../core/model/json.js";
import type { Actor, Revocation, SessionId } from "../../../core/model/session.js";
import type { User } from "../../../core/model/user.js";
import type { RevokedEntry } from "../../../core/port/operations.js";
import { listColumns, writeFields } from "../../columns.js";
import { EVENT_COLUMNS } from "../../event-columns.js";
import { type Row, readable, stringOf, toRevokedEntry, type Values } from "../../row.js";
import type { WriteTransaction } from "../connection/write-transaction.js";

/** Rollcall itself. */
export const SYSTEM: Actor = { kind: "system" };

interface NewEvent {
  readonly type: StoredEvent["type"];
  readonly user: User;
  readonly sessionId: SessionId;
  readonly actor: Actor;
  readonly data?: JsonObject;
}

const COLUMNS = listColumns(EVENT_COLUMNS);

/** The columns of an event as `toEvent` reads them. */
export const EVENT_SELECTION: string = ["id", ...COLUMNS.map(({ name }) => name)]
  .map((name) => `e.${name}`)
  .join(", ");

/** One statement however many events there are. They get their ids in the order of the array. */
export const APPEND_EVENTS: string = `
INSERT INTO rollcall_events (${COLUMNS.map(({ name }) => name).join(", ")})
SELECT ${COLUMNS.map(({ field }) => `value ->> '${field}'`).join(", ")}
FROM json_each(:events) ORDER BY key`;

/** Appends events in their order. */
export function appendEvents(
  { connection, processId, announce }: WriteTransaction,
  at: number,
  events: readonly NewEvent[],
): void {
  if (events.length === 0) return;
  const rows = events.map(({ user, data = null, ...event }) =>
    writeFields(EVENT_COLUMNS, {
      ...event,
      at,
      userType: user.type,
      userId: user.id,
      processId,
      data,
    }),
  );
  connection.run(APPEND_EVENTS, { events: JSON.stringify(rows) });
  announce();
}

/** An event that precedes the `session.revoked` of each session. */
export type Cause = "session.evicted" | "session.reuse_detected" | null;

/** The values of a revocation, as the statements that end sessions name them. */
export function revocationValues({ reason, actor }: Revocation, now: number): Values {
  return { now, reason, actor: JSON.stringify(actor) };
}

/** Writes the events of sessions that a statement has just ended. */
export function appendRevoked(
  transaction: WriteTransaction,
  rows: readonly Row[],
  { reason, actor }: Revocation,
  now: number,
  cause: Cause,
): readonly RevokedEntry[] {
  const read = (row: Row) => ({
    entry: toRevokedEntry(row),
    user: { type: stringOf(row, "user_type"), id: stringOf(row, "user_id") },
  });
  const ended = readable("session", rows, read, transaction.report);
  const events = ended.flatMap(({ entry, user }): NewEvent[] => {
    const base = { user, sessionId: entry.id, actor };
    const revoked: NewEvent = { ...base, type: "session.revoked", data: { reason } };
    return cause === null ? [revoked] : [{ ...base, type: cause }, revoked];
  });
  appendEvents(transaction, now, events);
  return ended.map(({ entry }) => entry);
}

import type { StoredEvent } from "../../core/model/events.js";
import type { Actor, Revocation } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { RevokedEntry } from "../../core/port/store.js";
import { type Report, type Row, readable, toRevokedEntry, userOf } from "../row.js";
import type { Connection, Values } from "./database.js";
import * as sql from "./statements.js";

/**
 * What a change needs. Changes are plain synchronous functions over it, and neither begin nor
 * commit: the same ones run in a transaction of ours and in one of the caller's.
 */
export interface Writing {
  readonly connection: Connection;
  /** Names this process, for events. */
  readonly processId: string;
  /** Tells of rows that cannot be read. */
  readonly report: Report;
  /** Events were written, so other readers have something to learn. */
  announce(): void;
}

/** Rollcall itself. */
export const SYSTEM: Actor = { kind: "system" };

interface NewEvent {
  readonly type: StoredEvent["type"];
  readonly user: User;
  readonly sessionId: string;
  readonly actor: Actor;
  readonly reason?: string;
}

/** Appends events in their order: one statement, however many. */
export function appendEvents(writing: Writing, at: number, events: readonly NewEvent[]): void {
  if (events.length === 0) return;
  const rows = events.map(({ type, user, sessionId, actor, reason }) => [
    at,
    type,
    user.type,
    user.id,
    sessionId,
    JSON.stringify(actor),
    writing.processId,
    reason === undefined ? null : JSON.stringify({ reason }),
  ]);
  writing.connection.run(sql.APPEND_EVENTS, { events: JSON.stringify(rows) });
  writing.announce();
}

/** Something to tell before the `session.revoked` of each session. */
export type Cause = "session.evicted" | "session.reuse_detected" | null;

/** The values of an revocation, as the statements that end sessions name them. */
export function revocationValues({ reason, actor }: Revocation, now: number): Values {
  return { now, reason, actor: JSON.stringify(actor) };
}

/** Writes the events of sessions that a statement has just ended. */
export function tellEnded(
  writing: Writing,
  rows: readonly Row[],
  { reason, actor }: Revocation,
  now: number,
  cause: Cause,
): readonly RevokedEntry[] {
  const read = (row: Row) => ({ entry: toRevokedEntry(row), user: userOf(row) });
  const ended = readable("session", rows, read, writing.report);
  const events = ended.flatMap(({ entry, user }): NewEvent[] => {
    const base = { user, sessionId: entry.id, actor };
    const revoked: NewEvent = { ...base, type: "session.revoked", reason };
    return cause === null ? [revoked] : [{ ...base, type: cause }, revoked];
  });
  appendEvents(writing, now, events);
  return ended.map(({ entry }) => entry);
}

import type { ChangePage } from "../../core/port/changes.js";
import {
  booleanOf,
  integerOf,
  type Row,
  readable,
  textOf,
  toEvent,
  toRefused,
  toRevokedEntry,
} from "../row.js";
import { type ChangesStatements, FULL, REDUCED } from "./changes-statements.js";
import { isFunctionRefused } from "./failures.js";
import type { Scope } from "./scope.js";
import { arrayOf, type Statement } from "./statement.js";

/**
 * The cursor is the snapshot of the previous read, with the database it was taken of. What that
 * snapshot could not see is what is new: each committed row comes once, also when its transaction
 * stayed open while others committed, and an open transaction makes nobody read anything twice.
 */
interface Cursor {
  readonly identity: string;
  readonly snapshot: string;
}

/** `xmin:xmax:transactions in progress`, as pg_snapshot is written. */
const SNAPSHOT = /^\d{1,20}:(\d{1,20}):((?:\d{1,20}(?:,\d{1,20})*)?)$/;

interface Head extends Cursor {
  readonly xmax: string;
  readonly inProgress: string;
}

/** The database as a read found it. */
interface Seen extends Head {
  /** By the database's clock. */
  readonly now: number;
}

function parseSnapshot({ identity, snapshot }: Cursor): Head | null {
  const [, xmax, inProgress] = SNAPSHOT.exec(snapshot) ?? [];
  if (xmax === undefined || inProgress === undefined) return null;
  return { identity, snapshot, xmax, inProgress };
}

function parseCursor(text: string): Head | null {
  const [identity, snapshot, ...rest] = text.split("/");
  if (identity === undefined || snapshot === undefined || rest.length > 0) return null;
  return parseSnapshot({ identity, snapshot });
}

function headOf(rows: readonly Row[]): Seen {
  const row = rows.find(({ snapshot }) => snapshot !== null && snapshot !== undefined);
  if (row === undefined) throw new Error("the server gave no snapshot");
  if (booleanOf(row, "standby")) {
    throw new Error(
      "this server is a standby, which does not tell the transactions in progress: " +
        "connect to the primary",
    );
  }
  const head = parseSnapshot({
    identity: textOf(row, "identity"),
    snapshot: textOf(row, "snapshot"),
  });
  if (head === null) throw new Error("the server gave a snapshot of an unknown form");
  return { ...head, now: integerOf(row, "now") };
}

function format({ identity, snapshot }: Cursor): string {
  return `${identity}/${snapshot}`;
}

/** Reads what was committed; remembers when the server refuses a part of its identity. */
export interface ChangesReader {
  changes(cursor: string | null, margin: number, now: number | undefined): Promise<ChangePage>;
}

export function createChangesReader(scope: Scope): ChangesReader {
  let statements: ChangesStatements = FULL;

  const read = async (
    choose: (statements: ChangesStatements) => Statement,
    values: readonly unknown[],
  ): Promise<readonly Row[]> => {
    try {
      return await scope.read(choose(statements), values);
    } catch (error) {
      if (statements === REDUCED || !isFunctionRefused(error)) throw error;
      statements = REDUCED;
      return scope.read(choose(statements), values);
    }
  };

  const readSince = async (cursor: Head, now: number | undefined): Promise<ChangePage | null> => {
    const inProgress = arrayOf(cursor.inProgress === "" ? [] : [cursor.inProgress]);
    const rows = await read(({ since }) => since, [cursor.xmax, inProgress]);
    const head = headOf(rows);
    // Transaction ids that went back are those of another life of the database.
    if (head.identity !== cursor.identity || BigInt(head.xmax) < BigInt(cursor.xmax)) return null;
    const told = rows.filter((row) => row["id"] !== null);
    return {
      cursor: format(head),
      now: now ?? head.now,
      whole: false,
      events: readable("event", told, toEvent, scope.report),
      // Whatever may be wrong with the event, its session is refused.
      revoked: readable("session", told, toRefused, scope.report),
    };
  };

  const readWhole = async (margin: number, now: number | undefined): Promise<ChangePage> => {
    const rows = await read(({ whole }) => whole, [now ?? null, -margin]);
    const head = headOf(rows);
    return {
      cursor: format(head),
      now: now ?? head.now,
      whole: true,
      events: [],
      revoked: rows.filter((row) => row["id"] !== null).map(toRevokedEntry),
    };
  };

  return {
    async changes(text, margin, now) {
      const cursor = text === null ? null : parseCursor(text);
      const page = cursor === null ? null : await readSince(cursor, now);
      return page ?? readWhole(margin, now);
    },
  };
}

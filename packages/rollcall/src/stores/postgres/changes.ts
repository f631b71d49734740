import type { ChangePage } from "../../core/port/changes.js";
import { REFUSALS, toEvent, toOutdatedByEvent, toRevokedByEvent } from "../event-columns.js";
import {
  booleanOf,
  integerOf,
  type Row,
  readable,
  stringOf,
  toOutdatedEntry,
  toRevokedEntry,
  type Values,
} from "../row.js";
import { NEWEST_COLUMN } from "../session-columns.js";
import { isFunctionRefused } from "./connection/failures.js";
import type { Scope } from "./connection/scope.js";
import { eventColumns } from "./sql/event-sql.js";
import { arrayOf, NOW, reading, SCHEMA, SERVER_NOW, type Statement } from "./sql/statement.js";

/**
 * Which database, and which life of it. Transaction ids go back after a restore, on another
 * cluster, or after a failover to a standby that lagged: each changes one of the first three. The
 * last two tell databases of one cluster apart, and a table that was dropped and restored.
 */
const FULL_IDENTITY = `pg_catalog.concat_ws('.',
  (select system_identifier from pg_catalog.pg_control_system()),
  (select timeline_id from pg_catalog.pg_control_checkpoint()),`;

/**
 * Where those two functions are missing or forbidden, the start of the server stands for them: no
 * two servers started in the same microsecond.
 */
const REDUCED_IDENTITY = `pg_catalog.concat_ws('.', 'reduced',`;

const REST_OF_IDENTITY = `
  pg_catalog.floor(extract(epoch from pg_catalog.pg_postmaster_start_time()) * 1000000::numeric)::bigint,
  (select d.oid from pg_catalog.pg_database as d where d.datname = pg_catalog.current_database()),
  pg_catalog.to_regclass(pg_catalog.format('%I.rollcall_events', ${SCHEMA}))::pg_catalog.oid)`;

function head(identity: string): string {
  return `select ${identity}${REST_OF_IDENTITY} as identity,
    pg_catalog.pg_current_snapshot()::pg_catalog.text as snapshot,
    pg_catalog.pg_is_in_recovery() as standby, ${SERVER_NOW} as now`;
}

/**
 * What the snapshot of the previous read could not see: from `:xmax` on, and the transactions
 * `:inProgress`. Rows that a dump brought here carry ids of another cluster; those that lie ahead of
 * this one's are left out. Both bounds stand inside the OR, so that the planner takes them for a
 * narrow range also when it does not know the values.
 */
function since(identity: string): Statement {
  return reading(`
select h.identity, h.snapshot, h.standby, h.now, ${eventColumns("e")}, s.refuse_until as access_until,
  s.outdated_to, s.outdated_until
from (${head(identity)}) as h
left join (rollcall_events as e
  left join rollcall_sessions as s on s.id = e.session_id and e.type in ${REFUSALS})
  on (e.xid >= :xmax::pg_catalog.text::pg_catalog.xid8
      and e.xid < pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()))
    or e.xid = any(:inProgress::pg_catalog.text::pg_catalog.xid8[])
order by e.id`);
}

/**
 * One row with the head, and one for each session to refuse, wholly or its older tokens, in one
 * statement: one snapshot. It names the newest column, because this is what a process does first:
 * where the tables are those of an older release, its health must say so before a sign-in fails.
 */
function whole(identity: string): Statement {
  return reading(`
select h.identity, h.snapshot, h.standby, h.now, null::pg_catalog.uuid as id,
  null::bigint as access_until, null::bigint as outdated_to, null::bigint as outdated_until
from (${head(identity)}) as h
union all
select null, null, null, null, s.id, s.refuse_until, null, null
from rollcall_sessions as s
where s.refuse_until > ${NOW} - :margin::bigint and pg_catalog.num_nulls(s.${NEWEST_COLUMN}) >= 0
union all
select null, null, null, null, s.id, null, s.outdated_to, s.outdated_until
from rollcall_sessions as s
where s.outdated_until > ${NOW} - :margin::bigint`);
}

/** The two reads of `changes`. */
interface ChangesStatements {
  readonly since: Statement;
  readonly whole: Statement;
}

export const FULL: ChangesStatements = {
  since: since(FULL_IDENTITY),
  whole: whole(FULL_IDENTITY),
};

export const REDUCED: ChangesStatements = {
  since: since(REDUCED_IDENTITY),
  whole: whole(REDUCED_IDENTITY),
};

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
  const found = parseSnapshot({
    identity: stringOf(row, "identity"),
    snapshot: stringOf(row, "snapshot"),
  });
  if (found === null) throw new Error("the server gave a snapshot of an unknown form");
  return { ...found, now: integerOf(row, "now") };
}

function format({ identity, snapshot }: Cursor): string {
  return `${identity}/${snapshot}`;
}

/** Reads what was committed; remembers when the server refuses a part of its identity. */
export interface ChangesReader {
  changes(cursor: string | null, margin: number, now: number | undefined): Promise<ChangePage>;
}

export function createChangesReader(scope: Scope): ChangesReader {
  let statements = FULL;

  const read = async (
    choose: (statements: ChangesStatements) => Statement,
    values: Values,
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
    const rows = await read((choice) => choice.since, { xmax: cursor.xmax, inProgress });
    const found = headOf(rows);
    // Transaction ids that went back are those of another life of the database.
    if (found.identity !== cursor.identity || BigInt(found.xmax) < BigInt(cursor.xmax)) return null;
    const told = rows.filter((row) => row["id"] !== null);
    return {
      cursor: format(found),
      now: now ?? found.now,
      whole: false,
      events: readable("event", told, (row) => toEvent(row, scope.report), scope.report),
      // Whatever may be wrong with the event, its session is refused.
      revoked: readable("session", told, toRevokedByEvent, scope.report),
      outdated: readable("session", told, toOutdatedByEvent, scope.report),
    };
  };

  const readWhole = async (margin: number, now: number | undefined): Promise<ChangePage> => {
    const rows = await read((choice) => choice.whole, { now: now ?? null, margin });
    const found = headOf(rows);
    return {
      cursor: format(found),
      now: now ?? found.now,
      whole: true,
      events: [],
      revoked: rows.filter((row) => row["access_until"] !== null).map(toRevokedEntry),
      outdated: rows.filter((row) => row["outdated_until"] !== null).map(toOutdatedEntry),
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

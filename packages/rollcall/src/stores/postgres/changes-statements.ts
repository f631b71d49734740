import { NOW, reading, SCHEMA, SERVER_NOW, type Statement } from "./statement.js";

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
 * What the snapshot of the previous read could not see: `$1` its xmax, `$2` the transactions in
 * progress. Rows that a dump brought here carry ids of another cluster; those that lie ahead of
 * this one's are left out. Both bounds stand inside the OR, so that the planner takes them for a
 * narrow range also when it does not know the values.
 */
function since(identity: string): Statement {
  return reading(`
select h.identity, h.snapshot, h.standby, h.now, e.id, e.at, e.type, e.user_type, e.user_id, e.session_id,
  e.actor::pg_catalog.text as actor, e.origin, e.data::pg_catalog.text as data, s.access_until
from (${head(identity)}) as h
left join (rollcall_events as e
  left join rollcall_sessions as s on s.id = e.session_id and e.type = 'session.revoked')
  on (e.xid >= $1::pg_catalog.text::pg_catalog.xid8
      and e.xid < pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()))
    or e.xid = any($2::pg_catalog.text::pg_catalog.xid8[])
order by e.id`);
}

/**
 * One row with the head, and one for each session to refuse, in one statement: one snapshot. It
 * names the newest column, for this is what a process does first: where the tables are those of an
 * older release, its health must say so before a sign-in fails.
 */
function whole(identity: string): Statement {
  return reading(`
select h.identity, h.snapshot, h.standby, h.now, null::pg_catalog.uuid as id,
  null::bigint as access_until
from (${head(identity)}) as h
union all
select null, null, null, null, s.id, s.refuse_until
from rollcall_sessions as s
where s.refuse_until > $2::bigint + ${NOW} and s.key_ids is not null`);
}

/** The two reads of `changes`. */
export interface ChangesStatements {
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

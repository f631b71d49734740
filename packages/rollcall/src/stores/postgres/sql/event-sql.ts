import { listColumns } from "../../columns.js";
import { EVENT_COLUMNS, type EventFields } from "../../event-columns.js";

const COLUMNS = listColumns(EVENT_COLUMNS);

/** Rollcall itself, as an actor. */
export const SYSTEM = `'{"kind":"system"}'::pg_catalog.jsonb`;

/** What an actor is passed as. */
export const ACTOR = ":actor::pg_catalog.text::pg_catalog.jsonb";

/** The columns of an event as `toEvent` reads them. */
export function eventColumns(alias: string): string {
  const names = COLUMNS.map(({ name, postgres }) =>
    postgres.includes("json") ? `${alias}.${name}::pg_catalog.text as ${name}` : `${alias}.${name}`,
  );
  return [`${alias}.id`, ...names].join(", ");
}

/** An expression for each column of an event; the process is `:processId`. */
export type EventExpressions = Readonly<Record<Exclude<keyof EventFields, "processId">, string>>;

/** Writes an event for each row of `from`. */
export function insertEvents(expressions: EventExpressions, from: string): string {
  const all: Readonly<Record<string, string>> = {
    ...expressions,
    processId: ":processId::pg_catalog.text",
  };
  return `insert into rollcall_events (${COLUMNS.map(({ name }) => name).join(", ")})
  select ${COLUMNS.map(({ field }) => all[field]).join(", ")}
  from ${from}`;
}

/** The columns that say which session, for rows `c` of changed sessions. */
export const OF_CHANGED = {
  at: "c.now",
  userType: "c.user_type",
  userId: "c.user_id",
  sessionId: "c.id",
} as const;

/** Writes `session.revoked` for each row of `changed`: `:reason` and `:actor`. */
export const INSERT_REVOKED: string = insertEvents(
  {
    ...OF_CHANGED,
    type: "'session.revoked'",
    actor: ACTOR,
    data: "pg_catalog.jsonb_build_object('reason', :reason::pg_catalog.text)",
  },
  "changed as c",
);

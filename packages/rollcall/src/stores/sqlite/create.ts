import type { Revocation } from "../../core/model/session.js";
import { firstRow } from "../../core/port/first-row.js";
import type { CreateOutcome, NewSession, RevokedEntry } from "../../core/port/store.js";
import { integerOf, textOf } from "../row.js";
import * as sql from "./statements.js";
import { toValues } from "./values.js";
import {
  appendEvents,
  type Cause,
  revocationValues,
  SYSTEM,
  tellEnded,
  type Writing,
} from "./writing.js";

/** A sign-in. All that may refuse it is asked before anything is written. */
export function create(writing: Writing, input: NewSession): CreateOutcome {
  const now = input.now ?? Date.now();
  if (isOutdated(writing, input)) return { outcome: "outdated" };
  const replaced = replacedIds(writing, input, now);
  const evicted = evictedIds(writing, input, replaced[0] ?? "", now);
  if (evicted === null) return { outcome: "refused" };

  const session = firstRow(input, now);
  const self = { kind: "self", sessionId: session.id } as const;
  const ended = [
    ...end(writing, replaced, { reason: "replaced", actor: self }, now, null),
    ...end(writing, evicted, { reason: "evicted", actor: SYSTEM }, now, "session.evicted"),
  ];
  writing.connection.run(sql.INSERT, toValues(session));
  appendEvents(writing, now, [
    { type: "session.created", user: session.user, sessionId: session.id, actor: self },
  ]);
  return { outcome: "created", session, ended };
}

function isOutdated({ connection }: Writing, { user, authenticatedAt }: NewSession): boolean {
  if (authenticatedAt === null) return false;
  const row = connection.rows(sql.EVERYWHERE_AT, { userType: user.type, userId: user.id })[0];
  return row !== undefined && authenticatedAt < integerOf(row, "everywhere_at");
}

function replacedIds(
  { connection }: Writing,
  { user, replaces }: NewSession,
  now: number,
): readonly string[] {
  if (replaces === null) return [];
  const values = { id: replaces, userType: user.type, userId: user.id, now };
  return connection.rows(sql.IS_ACTIVE, values).map((row) => textOf(row, "id"));
}

/** `null` when the limit refuses the sign-in. */
function evictedIds(
  { connection }: Writing,
  { user, limit }: NewSession,
  replaced: string,
  now: number,
): readonly string[] | null {
  if (limit === null) return [];
  const values = { userType: user.type, userId: user.id, except: replaced, now };
  const counted = connection.rows(sql.COUNT_ACTIVE, values)[0];
  const active = counted === undefined ? 0 : integerOf(counted, "active");
  const excess = active + 1 - limit.max;
  if (excess <= 0) return [];
  if (limit.onLimit === "refuse") return null;
  const choice = limit.onLimit === "evict-oldest" ? sql.OLDEST : sql.LEAST_RECENTLY_USED;
  return connection.rows(choice, { ...values, limit: excess }).map((row) => textOf(row, "id"));
}

function end(
  writing: Writing,
  ids: readonly string[],
  revocation: Revocation,
  now: number,
  cause: Cause,
): readonly RevokedEntry[] {
  if (ids.length === 0) return [];
  const values = { ...revocationValues(revocation, now), ids: JSON.stringify(ids) };
  const rows = writing.connection.rows(sql.REVOKE_LISTED, values);
  return tellEnded(writing, rows, revocation, now, cause);
}

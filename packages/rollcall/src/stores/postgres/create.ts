import type { CreateOutcome, NewSession } from "../../core/port/store.js";
import { integerOf, nullable, toId, toSession } from "../row.js";
import * as sql from "./create-statements.js";
import { toRevokedEntries } from "./rows.js";
import type { Database, Scope } from "./scope.js";
import { arrayOf } from "./statement.js";
import { LOCK_USER } from "./statements.js";

/** A sign-in: one statement, or one transaction where a limit must be counted under the lock. */
export function create(database: Database, input: NewSession): Promise<CreateOutcome> {
  if (input.limit === null) return insert(database, input, []);
  return database.transaction((scope) => createWithin(scope, input));
}

async function createWithin(scope: Scope, input: NewSession): Promise<CreateOutcome> {
  const { user, authenticatedAt } = input;
  const [owner] = await scope.write(LOCK_USER, input.now, [user.type, user.id, false]);
  const everywhereAt = owner === undefined ? null : nullable(integerOf, owner, "everywhere_at");
  if (authenticatedAt !== null && authenticatedAt < (everywhereAt ?? 0))
    return { outcome: "outdated" };
  const excess = await beyondLimit(scope, input);
  if (excess.length > 0 && input.limit?.onLimit === "refuse") return { outcome: "refused" };
  return insert(scope, input, excess);
}

/** Those who must go, the first to go first. */
async function beyondLimit(scope: Scope, input: NewSession): Promise<readonly string[]> {
  const { user, limit, replaces } = input;
  if (limit === null) return [];
  const statement =
    limit.onLimit === "evict-least-recently-used" ? sql.BEYOND_LATEST_USED : sql.BEYOND_NEWEST;
  const values = [input.now ?? null, user.type, user.id, replaces, limit.max - 1];
  const rows = await scope.read(statement, values);
  return rows.map(toId).reverse();
}

async function insert(
  scope: Scope,
  input: NewSession,
  evicted: readonly string[],
): Promise<CreateOutcome> {
  const { user, deviceInfo, metadata } = input;
  const [row] = await scope.write(sql.CREATE, input.now, [
    user.type,
    user.id,
    input.id,
    deviceInfo === null ? null : JSON.stringify(deviceInfo),
    metadata === null ? null : JSON.stringify(metadata),
    input.lastIp,
    input.persistent,
    input.idleTimeout,
    input.absoluteTimeout,
    input.keyId,
    input.accessTokenTtl,
    input.authenticatedAt,
    input.replaces,
    arrayOf(evicted),
    JSON.stringify({ kind: "self", sessionId: input.id }),
    scope.processId,
  ]);
  if (row === undefined) return { outcome: "outdated" };
  const entries = toRevokedEntries(row, "ended");
  const place = ({ id }: { readonly id: string }): number => evicted.indexOf(id);
  const ended = entries.toSorted((a, b) => place(a) - place(b));
  return { outcome: "created", session: toSession(row, scope.report), ended };
}

import { isActive } from "../../core/model/session.js";
import { userKey } from "../../core/model/user.js";
import { firstRow } from "../../core/port/first-row.js";
import {
  type CreateOutcome,
  counts,
  type NewSession,
  type RevokedEntry,
} from "../../core/port/operations.js";
import { makerOf, provenAt, startedBy } from "../../core/port/started-by.js";
import { entry, type MemoryDatabase, type Tables } from "./database.js";
import { see } from "./devices.js";

/** Inserts a session, unless it comes too late or the limit refuses it. */
export function create(database: MemoryDatabase, tables: Tables, input: NewSession): CreateOutcome {
  const { touchedBy, everywhereAt, claimsAt } = database;
  const { owned, put, record, hint } = tables;
  const now = input.now ?? Date.now();
  const { user } = input;
  if ((provenAt(input) ?? now) < (everywhereAt.get(userKey(user)) ?? 0)) {
    return { outcome: "outdated" };
  }
  const maker = makerOf(input);
  const own = maker === null ? null : owned(maker.user, maker.sessionId);
  if (maker !== null && (own === null || !isActive(own, now))) return { outcome: "outdated" };
  const ended = makeRoom(tables, input, now);
  if (ended === null) return { outcome: "refused" };
  const { name, isNews } = see(database, input, now);
  const session = put({ ...firstRow(input, now), name: name ?? input.name ?? null });
  touchedBy.set(session.id, new Set([input.keyId]));
  const self = startedBy(input);
  record(session, { type: "session.created" }, self, now);
  const { deviceId } = input;
  if (isNews) record(session, { type: "device.first_seen", data: { deviceId } }, self, now);
  hint();
  return { outcome: "created", session, ended, claimsAt: claimsAt.get(userKey(user)) ?? null };
}

/** Ends what a sign-in must end; `null` when the limit refuses it. */
function makeRoom(
  { activeOf, record, end }: Tables,
  input: NewSession,
  now: number,
): RevokedEntry[] | null {
  const { user, limit, replaces } = input;
  const active = activeOf(user, now);
  const replaced = active.filter((row) => row.id === replaces);
  const rest = active.filter((row) => row.id !== replaces && limit !== null && counts(row, limit));
  const excess = limit === null ? 0 : rest.length + 1 - limit.max;
  if (excess > 0 && limit?.onLimit === "refuse") return null;
  const oldestFirst = rest.reverse();
  if (limit?.onLimit === "evict-least-recently-used") {
    oldestFirst.sort((a, b) => a.lastUsedAt - b.lastUsedAt);
  }
  const system = { kind: "system" } as const;
  const self = { kind: "self", sessionId: input.id } as const;
  const evicted = oldestFirst.slice(0, Math.max(0, excess)).map((row) => {
    record(row, { type: "session.evicted" }, system, now);
    return end(row, { reason: "evicted", actor: system }, now);
  });
  return [
    ...replaced.map((row) => end(row, { reason: "replaced", actor: self }, now)),
    ...evicted,
  ].map(entry);
}

import { type User, userKey } from "../../core/model/user.js";
import { outdated } from "../../core/port/endings.js";
import type { Outdate, OutdatedEntry } from "../../core/port/operations.js";
import type { MemoryDatabase, Tables } from "./database.js";

/** Outdates the access tokens of a user's active sessions. */
export function outdate(
  { claimsAt }: MemoryDatabase,
  { activeOf, put, record, hint }: Tables,
  user: User,
  { actor, now = Date.now() }: Outdate,
): readonly OutdatedEntry[] {
  const key = userKey(user);
  claimsAt.set(key, Math.max(now, claimsAt.get(key) ?? 0));
  const entries = activeOf(user, now).map((row) => {
    const { id, generation } = row;
    const { outdatedUntil } = put(outdated(row, now));
    record(row, { type: "session.claims_outdated", data: { generation } }, actor, now);
    return { id, generation, until: outdatedUntil ?? now };
  });
  if (entries.length > 0) hint();
  return entries;
}

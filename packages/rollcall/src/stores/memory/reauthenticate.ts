import { decideReauthentication, reauthenticated } from "../../core/model/reauthentication.js";
import type { SessionId } from "../../core/model/session.js";
import { type User, userKey } from "../../core/model/user.js";
import type { Reauthentication, ReauthenticationOutcome } from "../../core/port/operations.js";
import type { MemoryDatabase, Tables } from "./database.js";

export function reauthenticate(
  { everywhereAt, claimsAt, touchedBy }: MemoryDatabase,
  { owned, put, record, hint }: Tables,
  user: User,
  id: SessionId,
  { now = Date.now(), ...input }: Reauthentication,
): ReauthenticationOutcome {
  const row = owned(user, id);
  if (row === null) return { outcome: "unknown" };
  const decision = decideReauthentication(row, input, everywhereAt.get(userKey(user)) ?? 0, now);
  if (decision !== "reauthenticate") return { outcome: decision, session: row, now };
  const session = put(reauthenticated(row, input, now));
  touchedBy.get(id)?.add(input.keyId);
  const { methods, level } = input;
  const what = { type: "session.reauthenticated", data: { methods, level } } as const;
  record(session, what, { kind: "self", sessionId: id }, now);
  hint();
  return {
    outcome: "reauthenticated",
    session,
    now,
    claimsAt: claimsAt.get(userKey(user)) ?? null,
  };
}

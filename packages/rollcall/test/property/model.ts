import type { SessionStore } from "rollcall";
import type { ManualClock } from "rollcall/testing";
import { decide, isVoid, rotated } from "../../src/core/model/rotation.js";
import { isActive, type StoredSession } from "../../src/core/model/session.js";
import type { RotationOutcome } from "../../src/core/port/operations.js";
import { newSession, TERMS } from "../../src/testing/conformance/new-session.js";

export const { retryWindow, accessTokenTtl } = TERMS;
const terms = {
  keyId: "k1",
  presentedKeyId: "k1",
  ip: null,
  userAgent: null,
  retryWindow,
  accessTokenTtl,
};
const system = { kind: "system" } as const;

export async function signIn(store: SessionStore, clock: ManualClock): Promise<StoredSession> {
  const created = await store.create({ ...newSession(), now: clock.now() });
  if (created.outcome !== "created") throw new Error(`the sign-in was ${created.outcome}`);
  return created.session;
}

export function present(
  store: SessionStore,
  { id }: StoredSession,
  presented: number,
  now: number,
): Promise<RotationOutcome> {
  return store.rotate({ id, presented, ...terms, now });
}

export async function rowOf(
  store: SessionStore,
  { id }: StoredSession,
  now: number,
): Promise<StoredSession> {
  const found = await store.find(id, now);
  if (found === null) throw new Error("the session is gone");
  return found.session;
}

const asReused = (row: StoredSession, now: number): StoredSession => ({
  ...row,
  revokedAt: now,
  revokedReason: "refresh_token_reuse",
  revokedBy: system,
});

/** What a presentation must make of a row, by the table that the core publishes. */
export function afterPresentation(
  row: StoredSession,
  presented: number,
  now: number,
): { readonly outcome: RotationOutcome["outcome"]; readonly row: StoredSession } {
  const decision = decide(row, presented, now, retryWindow);
  switch (decision) {
    case "superseded":
    case "revoked":
    case "expired":
      return { outcome: decision, row };
    case "retry":
      return { outcome: "retried", row };
    case "reuse":
      return { outcome: "reused", row: asReused(row, now) };
    default:
      return { outcome: "rotated", row: rotated(row, decision, { ...terms, presented }, now) };
  }
}

export function afterConfirm(row: StoredSession, generation: number, now: number): StoredSession {
  if (!isActive(row, now)) return row;
  if (generation === row.generation) return { ...row, confirmed: generation };
  return isVoid(row, generation) ? asReused(row, now) : row;
}

export function afterTouch(row: StoredSession, at: number, now: number): StoredSession {
  if (!isActive(row, now)) return row;
  const deadline = Math.min(at + row.idleTimeout, row.absoluteExpiresAt);
  return {
    ...row,
    lastUsedAt: Math.max(row.lastUsedAt, at),
    expiresAt: Math.max(row.expiresAt, deadline),
  };
}

import { isActive, type StoredSession } from "./session.js";

/**
 * What becomes of a presented generation. SQL in the stores must match this table.
 *
 * - `superseded`: the user has authenticated again since (contract §4.9). Refused, and nothing more:
 *   an honest client may still hold it, and whoever copied it gets nothing by it.
 * - `rotate`: one generation on, the presented one becomes the predecessor.
 * - `skip`: a late retry (contract §4.3): one generation on, the predecessor stays, all generations
 *   between are skipped.
 * - `ahead`: the database lost writes (contract §4.4): move to the presented one, then rotate.
 * - `retry`: the same answer as the first time; nothing is written.
 * - `reuse`: the session ends.
 */
export type RotationDecision =
  | "rotate"
  | "skip"
  | "ahead"
  | "retry"
  | "reuse"
  | "superseded"
  | "revoked"
  | "expired";

/** The decision table of a refresh. Pure. RFC 9700 §4.14.2 asks for reuse detection. */
export function decide(
  session: StoredSession,
  presented: number,
  now: number,
  retryWindow: number,
): RotationDecision {
  if (session.revokedAt !== null) return "revoked";
  if (!isActive(session, now)) return "expired";
  if (presented <= (session.supersededTo ?? 0)) return "superseded";
  if (presented === session.generation) return "rotate";
  if (presented > session.generation) return "ahead";
  // A predecessor of 0 means that there is none.
  if (presented !== session.predecessor || presented === 0) return "reuse";
  if (now - session.rotatedAt < retryWindow) return "retry";
  return session.confirmed < session.generation ? "skip" : "reuse";
}

/** What a rotation needs besides the row. Times and durations in milliseconds. */
export interface RotationSettings {
  readonly presented: number;
  readonly keyId: string;
  /** Where the token was presented from; `null`: not known. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly accessTokenTtl: number;
}

/** The row after `rotate`, `skip` or `ahead`. Pure: the memory store uses it, the SQL mirrors it. */
export function rotated(
  session: StoredSession,
  decision: "rotate" | "skip" | "ahead",
  settings: RotationSettings,
  now: number,
): StoredSession {
  const base = decision === "ahead" ? settings.presented : session.generation;
  const expiresAt = Math.min(now + session.idleTimeout, session.absoluteExpiresAt);
  return {
    ...session,
    generation: base + 1,
    predecessor: decision === "skip" ? session.predecessor : base,
    skippedFrom: decision === "skip" ? session.predecessor + 1 : session.skippedFrom,
    skippedTo: decision === "skip" ? session.generation : session.skippedTo,
    rotatedAt: now,
    keyId: settings.keyId,
    lastUsedAt: Math.max(session.lastUsedAt, now),
    ...seenFrom(session, settings),
    expiresAt: Math.max(session.expiresAt, expiresAt),
    accessUntil: Math.max(session.accessUntil, Math.min(now + settings.accessTokenTtl, expiresAt)),
  };
}

/** What a session is known to be used from. */
export type SeenFrom = Pick<StoredSession, "lastIp" | "lastUserAgent">;

/** A user agent is kept only where one was recorded at the sign-in. Pure: SQL mirrors it. */
function seenFrom(
  { lastIp, lastUserAgent }: SeenFrom,
  { ip, userAgent }: Pick<RotationSettings, "ip" | "userAgent">,
): SeenFrom {
  return {
    lastIp: ip ?? lastIp,
    lastUserAgent: lastUserAgent === null ? null : (userAgent ?? lastUserAgent),
  };
}

/** A change that a rotation has noticed. */
export interface Move {
  readonly type: "session.address_changed" | "session.user_agent_changed";
  readonly from: string;
  readonly to: string;
}

/**
 * The events of a rotation: what was known before and is another now. A change is a signal, and
 * never proof (contract §2.11). Pure: SQL mirrors it.
 */
export function movesOf(before: SeenFrom, after: SeenFrom): readonly Move[] {
  return [
    ...move("session.address_changed", before.lastIp, after.lastIp),
    ...move("session.user_agent_changed", before.lastUserAgent, after.lastUserAgent),
  ];
}

function move(type: Move["type"], from: string | null, to: string | null): readonly Move[] {
  return from === null || to === null || from === to ? [] : [{ type, from, to }];
}

/** Whether an access token of this generation betrays a second holder (contract §4.3). */
export function isVoid(session: StoredSession, generation: number): boolean {
  return (
    generation >= session.skippedFrom && generation <= session.skippedTo && session.skippedTo > 0
  );
}

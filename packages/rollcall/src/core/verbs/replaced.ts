import type { Context } from "../context.js";
import { isObject } from "../model/argument.js";
import type { StartOptions } from "../model/call-options.js";
import { decide, isVoid } from "../model/rotation.js";
import { isActive, isSessionId, type SessionId, type StoredSession } from "../model/session.js";
import { type User, userKey } from "../model/user.js";
import type { Found } from "../port/operations.js";
import { openAccessToken } from "../tokens/access-token.js";
import { decodeRefreshToken, type PresentedToken } from "../tokens/refresh-token.js";

/** A genuine token of the session that a sign-in replaces. */
export interface ReplacedProof extends PresentedToken {
  readonly kind: "access" | "refresh";
  readonly ofAnyUser: boolean;
}

/** What a sign-in replaces: a session of the same user by its id, or the session of a token. */
export interface Replaced {
  readonly id: SessionId | null;
  readonly proof: ReplacedProof | null;
}

const NOTHING: Replaced = { id: null, proof: null };

/** No I/O. @throws TypeError for what is neither an id nor an object. */
export function readReplaced(context: Context<unknown>, given: StartOptions["replaces"]): Replaced {
  if (given === undefined) return NOTHING;
  if (typeof given === "string" && isSessionId(given)) return { id: given, proof: null };
  if (!isObject(given)) throw new TypeError("replaces must be the id of a session, or its tokens");
  const { accessToken, refreshToken, ofAnyUser = false } = given;
  if (typeof ofAnyUser !== "boolean") throw new TypeError("ofAnyUser must be true or false");
  const refresh =
    typeof refreshToken === "string" ? decodeRefreshToken(refreshToken, context.ring) : null;
  if (refresh !== null) {
    return { id: null, proof: { ...refresh, kind: "refresh", ofAnyUser } };
  }
  const { issuer, audience, clock } = context.settings;
  const access =
    typeof accessToken === "string"
      ? openAccessToken(accessToken, { issuer, audience, ring: context.ring })
      : null;
  if (access === null || access.expiresAt <= clock.now()) return NOTHING;
  const { sessionId, generation } = access;
  const keyId = context.ring.current().id;
  return { id: null, proof: { sessionId, generation, keyId, kind: "access", ofAnyUser } };
}

/**
 * What happens to the session: `own` and `foreign` are replaced, `reused` reveals a theft, and
 * `spared` has already ended, is not the proof's any more, or belongs to another user where only the user's own may end.
 */
export type Fate = "own" | "foreign" | "reused" | "spared";

/** Decides by the row. Pure. */
export function fateOf(
  proof: ReplacedProof,
  found: Found | null,
  user: User,
  retryWindow: number,
): Fate {
  if (found === null || !isActive(found.session, found.now)) return "spared";
  // The session was re-authenticated since, so that whoever holds this has no say in it any more.
  if (proof.generation <= (found.session.supersededTo ?? 0)) return "spared";
  if (isReuse(proof, found.session, found.now, retryWindow)) return "reused";
  if (userKey(found.session.user) === userKey(user)) return "own";
  return proof.ofAnyUser ? "foreign" : "spared";
}

function isReuse(
  { kind, generation }: ReplacedProof,
  session: StoredSession,
  now: number,
  retryWindow: number,
): boolean {
  return kind === "access"
    ? isVoid(session, generation)
    : decide(session, generation, now, retryWindow) === "reuse";
}

import type { Json, JsonObject } from "../model/json.js";
import {
  isSessionId,
  type SessionActor,
  type SessionContext,
  type SessionId,
} from "../model/session.js";
import type { User } from "../model/user.js";

// What tokens are made of: the one place that knows names of claims and labels of keys. It runs where
// there is no Node.js too.

/** `typ` of access tokens (RFC 9068 §2.1). */
export const ACCESS_TOKEN_TYPE = "at+jwt";

/** What tokens are signed for: each kind has a key of its own. */
export type KeyPurpose = "access-token" | "refresh-token" | "device" | "disavowal";

/** What a key is derived for: one per purpose and issuer, so that no token passes for another kind's. */
export function keyLabel(purpose: KeyPurpose, issuer: string): string {
  return `rollcall/1/${purpose}/${issuer}`;
}

/** Who issues, for whom, and to which client. */
export interface TokenParties {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
}

/** What an access token says (RFC 9068 §2.2). Times in milliseconds. */
export interface AccessClaims {
  readonly user: User;
  readonly sessionId: SessionId;
  readonly generation: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Signed before the session was committed, so that a database has to say whether it ever was. */
  readonly pending: boolean;
  readonly context: SessionContext;
}

const OWN_CLAIMS: ReadonlySet<string> = new Set(
  (
    "iss aud client_id sub ut sid gen iat exp jti rollcall_pending " +
    "auth_time amr acr act rollcall_kind"
  ).split(" "),
);

/** Claims that Rollcall sets or that change what a token means; `claimsFor` may not. */
export const RESERVED_CLAIMS: readonly string[] = [...OWN_CLAIMS, "nbf", "cnf", "typ"];

/** The claims of Rollcall's own, as they are written. */
export function toPayload(claims: AccessClaims, parties: TokenParties, jti: string): JsonObject {
  return {
    iss: parties.issuer,
    aud: parties.audience,
    client_id: parties.clientId,
    sub: claims.user.id,
    ut: claims.user.type,
    sid: claims.sessionId,
    gen: claims.generation,
    iat: Math.floor(claims.issuedAt / 1000),
    exp: Math.floor(claims.expiresAt / 1000),
    jti,
    ...(claims.pending ? { rollcall_pending: true } : {}),
    ...toContextPayload(claims.context),
  };
}

/** Only what there is to say: most sessions have a time and nothing else. */
function toContextPayload(context: SessionContext): JsonObject {
  const { authenticatedAt, methods, level, kind, actor } = context;
  return {
    ...(authenticatedAt === null ? {} : { auth_time: Math.floor(authenticatedAt / 1000) }),
    ...(methods === null ? {} : { amr: methods }),
    ...(level === null ? {} : { acr: level }),
    ...(kind === null ? {} : { rollcall_kind: kind }),
    ...(actor === null
      ? {}
      : { act: { sub: actor.user.id, ut: actor.user.type, sid: actor.sessionId } }),
  };
}

function fromContextPayload(payload: JsonObject): SessionContext {
  const { auth_time, amr, acr, rollcall_kind, act } = payload;
  return {
    authenticatedAt: typeof auth_time === "number" ? auth_time * 1000 : null,
    methods: Array.isArray(amr) ? amr.filter((method) => typeof method === "string") : null,
    level: typeof acr === "string" ? acr : null,
    kind: typeof rollcall_kind === "string" ? rollcall_kind : null,
    actor: act === undefined ? null : actorOf(act),
  };
}

function actorOf(act: Json): SessionActor | null {
  if (!isPayload(act)) return null;
  const { sub, ut, sid } = act;
  if (typeof sub !== "string" || typeof ut !== "string" || !isSessionId(sid)) return null;
  return { user: { type: ut, id: sub }, sessionId: sid };
}

/**
 * The same read back; `null` when it is another kind of payload, or meant for somebody else. A token
 * of an earlier release has no `client_id`, and who asked for it changes nothing.
 */
export function fromPayload(
  payload: JsonObject,
  parties: Pick<TokenParties, "issuer" | "audience">,
): AccessClaims | null {
  const { iss, aud, sub, ut, sid, gen, iat, exp, rollcall_pending } = payload;
  if (iss !== parties.issuer || aud !== parties.audience) return null;
  if (typeof sub !== "string" || typeof ut !== "string") return null;
  if (typeof sid !== "string" || !isSessionId(sid)) return null;
  if (typeof gen !== "number" || typeof iat !== "number" || typeof exp !== "number") return null;
  return {
    user: { type: ut, id: sub },
    sessionId: sid,
    generation: gen,
    issuedAt: iat * 1000,
    expiresAt: exp * 1000,
    pending: rollcall_pending === true,
    context: fromContextPayload(payload),
  };
}

/** What `claimsFor` added. */
export function extraClaims(payload: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !OWN_CLAIMS.has(name)));
}

/** Whether a value that was read as JSON is an object. */
export function isPayload(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

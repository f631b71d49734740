import type { SessionEnded } from "./session-ended.js";

/** What can go wrong, for `switch (error.code)`. docs/errors.md says what to do about each. */
export type SessionErrorCode =
  | "credential_missing"
  | "credential_invalid"
  | "user_type_forbidden"
  | "kind_forbidden"
  | "actor_forbidden"
  | "insufficient_scope"
  | "session_too_new"
  | "reauthentication_required"
  | "cross_site"
  | "throttled"
  | "session_limit"
  | "store_unavailable"
  | "malformed_request"
  | "internal";

/** Why a credential is invalid. For logs and metrics; never sent to a client. */
export type InvalidReason =
  | "malformed"
  | "forged"
  | "expired"
  | "revoked"
  | "reused"
  | "superseded"
  | "unknown"
  | "user_gone"
  | "outdated"
  | "proof_outdated";

/** What a caller must prove before a request may pass (RFC 9470). */
export interface RequiredAuthentication {
  /** The user must have been authenticated less than this many seconds ago. */
  readonly maxAge?: number;
  /** The lowest of the application's `levels` that will do. */
  readonly level?: string;
}

/** The codes of docs/contract.md §1.12, as they cross the wire in `errorCode`. */
export type WireErrorCode =
  | "EC000"
  | "EC001"
  | "EC002"
  | "EC003"
  | "EC004"
  | "EC005"
  | "EC006"
  | "EC007"
  | "EC008"
  | "EC009";

interface Kind {
  readonly status: number;
  readonly errorCode: WireErrorCode;
  readonly text: string;
}

const KINDS: Readonly<Record<SessionErrorCode, Kind>> = {
  credential_missing: { status: 401, errorCode: "EC001", text: "Authentication required" },
  credential_invalid: { status: 401, errorCode: "EC002", text: "Invalid or expired credential" },
  user_type_forbidden: { status: 403, errorCode: "EC003", text: "Not allowed for this user type" },
  kind_forbidden: { status: 403, errorCode: "EC003", text: "Not allowed for this kind of session" },
  actor_forbidden: {
    status: 403,
    errorCode: "EC003",
    text: "Not allowed while acting for somebody else",
  },
  insufficient_scope: { status: 403, errorCode: "EC003", text: "The API key lacks a scope" },
  session_too_new: {
    status: 403,
    errorCode: "EC003",
    text: "This session is too new to end older ones",
  },
  throttled: { status: 429, errorCode: "EC004", text: "Too many attempts, try again later" },
  session_limit: { status: 409, errorCode: "EC009", text: "Too many sessions, end one first" },
  store_unavailable: {
    status: 503,
    errorCode: "EC005",
    text: "Temporarily unavailable, try again shortly",
  },
  reauthentication_required: { status: 403, errorCode: "EC006", text: "Sign in again to do this" },
  cross_site: { status: 403, errorCode: "EC007", text: "Cross-site request refused" },
  malformed_request: { status: 400, errorCode: "EC008", text: "Malformed request" },
  internal: { status: 500, errorCode: "EC000", text: "Internal error" },
};

/** Details of a {@link SessionError}. */
export interface SessionErrorDetails {
  /** Replaces the standard message. Must not contain a secret or anything the caller sent. */
  readonly message?: string;
  /** With `credential_invalid`. */
  readonly reason?: InvalidReason;
  /** With `credential_invalid`, for a token that is genuine. It goes to the client. */
  readonly sessionEnded?: SessionEnded | undefined;
  /** With `insufficient_scope`: those that the request needs. They go to the client. */
  readonly scopes?: readonly string[];
  /** With `reauthentication_required`. It goes to the client. */
  readonly required?: RequiredAuthentication | undefined;
  /** Seconds, with `throttled` and `store_unavailable`. */
  readonly retryAfter?: number;
  /** With `store_unavailable`. */
  readonly operation?: string;
  readonly cause?: unknown;
}

/** The same symbol in every copy of this module. */
const brand: unique symbol = Symbol.for("rollcall.SessionError");

/**
 * The only error that Rollcall throws at run time. (A developer's mistake is a `TypeError`.)
 * `instanceof` also works across copies of Rollcall, which bundlers create: Next has one per kind of
 * route.
 *
 * @example
 * ```ts
 * import { SessionError } from "rollcall";
 *
 * export function statusOf(error: unknown): number {
 *   return error instanceof SessionError ? error.status : 500;
 * }
 * ```
 */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: SessionErrorCode;
  /** The HTTP status that fits. */
  readonly status: number;
  /** The code in HTTP responses, `EC000` to `EC009`. */
  readonly errorCode: WireErrorCode;
  readonly reason: InvalidReason | undefined;
  /** How the session of the token ended, where that is known; only for whoever holds a genuine one. */
  readonly sessionEnded: SessionEnded | undefined;
  /** With `reauthentication_required`: what the user has to prove, where a guard asked for it. */
  readonly required: RequiredAuthentication | undefined;
  /** Seconds to wait before another try. */
  readonly retryAfter: number | undefined;
  /**
   * With `store_unavailable`: the method of the store that gave no answer, such as `rotate`, or the
   * option whose function gave none, such as `claimsFor`. For logs and metrics.
   */
  readonly operation: string | undefined;
  /**
   * The headers that belong to the status, by lower-case name: `www-authenticate` (RFC 6750 §3, RFC 9470 §3),
   * `retry-after` (RFC 9110 §10.2.3), `cache-control`. Express, Fastify and Koa send them unchanged.
   */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: SessionErrorCode, details: SessionErrorDetails = {}) {
    const kind = KINDS[code];
    super(
      details.message ?? kind.text,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.status = kind.status;
    this.errorCode = kind.errorCode;
    this.reason = details.reason;
    this.sessionEnded = details.sessionEnded;
    this.required = details.required;
    this.retryAfter = details.retryAfter;
    this.operation = details.operation;
    this.headers = headersOf(this, details.scopes);
  }

  /** @internal On the prototype, so that it is neither printed nor compared. */
  get [brand](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a class that extends this one knows only its own
    if (this !== SessionError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }
}

function headersOf(
  { code, status, required, retryAfter = 1 }: SessionError,
  scopes: readonly string[] = [],
): Record<string, string> {
  // No cache may store a refusal (contract §1.1).
  const headers: Record<string, string> = { "cache-control": "no-store" };
  if (code === "credential_missing") headers["www-authenticate"] = "Bearer";
  if (code === "credential_invalid") headers["www-authenticate"] = 'Bearer error="invalid_token"';
  if (code === "insufficient_scope") {
    const needed = scopes.length === 0 ? "" : `, scope="${scopes.join(" ")}"`;
    headers["www-authenticate"] = `Bearer error="insufficient_scope"${needed}`;
  }
  if (required !== undefined) headers["www-authenticate"] = challengeOf(required);
  if (status === 429 || status === 503) {
    headers["retry-after"] = String(Math.max(1, Math.ceil(retryAfter)));
  }
  return headers;
}

/** Names of levels hold nothing that a quoted string would have to escape. */
function challengeOf({ level, maxAge }: RequiredAuthentication): string {
  const levels = level === undefined ? "" : `, acr_values="${level}"`;
  const age = maxAge === undefined ? "" : `, max_age="${maxAge}"`;
  return `Bearer error="insufficient_user_authentication"${levels}${age}`;
}

/** Shorthand for the most common error. */
export function invalid(reason: InvalidReason, sessionEnded?: SessionEnded): SessionError {
  return new SessionError("credential_invalid", { reason, sessionEnded });
}

/** The database could not be asked, so the answer cannot be known: 503, never 401. */
export function unavailable(operation: string, cause: unknown): SessionError {
  return new SessionError("store_unavailable", { retryAfter: 1, operation, cause });
}

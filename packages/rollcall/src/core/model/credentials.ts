import type { JsonObject } from "./json.js";
import type { SessionActor, SessionId } from "./session.js";
import type { User } from "./user.js";

/** A token with its expiry. */
export interface Token {
  readonly token: string;
  readonly expiresAt: Date;
  /** Seconds until it expires, for clients whose clock is wrong. */
  readonly expiresIn: number;
}

/** The two tokens that a client holds. */
export interface TokenPair {
  readonly accessToken: Token;
  readonly refreshToken: Token;
}

/** The caller, as proven by a token. */
export interface Principal {
  readonly user: User;
  readonly sessionId: SessionId;
  /** The refresh generation the token was issued with. */
  readonly generation: number;
  /** What `claimsFor` added to the access token. */
  readonly claims: JsonObject;
  readonly expiresAt: Date;
  /** One of the application's kinds of sessions; `null` without one. */
  readonly kind: string | null;
  /** When the application last authenticated the user in this session; `null` where the token does not say. */
  readonly authenticatedAt: Date | null;
  /** By what means, such as `["pwd", "otp"]` (RFC 8176); empty where the token does not say. */
  readonly methods: readonly string[];
  /** How sure the application was (`acr`); `null` where the token does not say. */
  readonly level: string | null;
  /** Who acts as the user (RFC 8693 §4.1); `null` when the user does. */
  readonly actor: SessionActor | null;
  /**
   * What the API key may do that was presented; `null` for every other credential, which may do
   * whatever its user may.
   */
  readonly scopes: readonly string[] | null;
  /** Aborts when the session ends, but not when its tokens are refreshed. Created on first access. */
  readonly signal: AbortSignal;
}

/** The tokens for a logout. Either may have expired. */
export interface LogoutCredentials {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
}

/** The tokens of a session that a sign-in replaces. Invalid tokens are ignored. */
export interface ReplacedCredentials extends LogoutCredentials {
  /** Whether the session of another user may be replaced too, as in a browser that two people share. @default false */
  readonly ofAnyUser?: boolean;
}

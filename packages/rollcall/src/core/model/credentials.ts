import type { JsonObject } from "./json.js";
import type { SessionId } from "./session.js";
import type { User } from "./user.js";

/** A token with its end. */
export interface Token {
  readonly token: string;
  readonly expiresAt: Date;
  /** Seconds until `expiresAt`, for clients whose clock is wrong. */
  readonly expiresIn: number;
}

/** What a client holds. */
export interface TokenPair {
  readonly accessToken: Token;
  readonly refreshToken: Token;
}

/** Who is calling, as proven by a token. */
export interface Principal {
  readonly user: User;
  readonly sessionId: SessionId;
  /** The refresh generation the token was issued with. */
  readonly generation: number;
  /** What `claimsFor` added to the access token. */
  readonly claims: JsonObject;
  readonly expiresAt: Date;
  /** Aborts when the session ends, never on a mere rotation. Made when first asked for. */
  readonly signal: AbortSignal;
}

/** The credentials of a logout; either may have run out. */
export interface LogoutCredentials {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
}

/** The tokens of a session that a sign-in replaces. What is wrong with them is no error. */
export interface ReplacedCredentials extends LogoutCredentials {
  /** Whether it may be another user's: the new tokens take the place where these are kept. @default false */
  readonly ofAnyUser?: boolean;
}

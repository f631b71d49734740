import type { Principal, TokenPair } from "./credentials.js";
import type { Session } from "./session-view.js";

/** A sign-in. */
export interface SignIn {
  readonly session: Session;
  readonly tokens: TokenPair;
}

/** A refresh. */
export interface Refreshed {
  readonly session: Session;
  readonly tokens: TokenPair;
  readonly principal: Principal;
  /** Milliseconds for which the predecessor still gives back the same answer. */
  readonly retryableFor: number;
}

/** A page of the caller's active sessions. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Present only when there is more. */
  readonly nextCursor?: string;
}

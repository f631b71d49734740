import type { Principal, TokenPair } from "./credentials.js";
import type { Session } from "./session-view.js";

/** A sign-in. */
export interface SignIn {
  readonly session: Session;
  readonly tokens: TokenPair;
}

/** A new API key. */
export interface CreatedApiKey {
  readonly session: Session;
  /** The key itself. It is shown this once: the database keeps a hash of it. */
  readonly token: string;
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

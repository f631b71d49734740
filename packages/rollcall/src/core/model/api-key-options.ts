import type { Principal } from "./credentials.js";
import type { JsonObject } from "./json.js";

/** Options of `sessions.createApiKey`. */
export interface ApiKeyOptions {
  /** What its owner knows it by: 1 to 64 characters after trimming. */
  readonly name: string;
  /**
   * What the key may do: at most 50 names of up to 64 characters, as RFC 6749 §3.3 has them, such as
   * `"orders:read"`. Guards ask for them. With none, it passes only guards that name its kind.
   */
  readonly scopes: readonly string[];
  /**
   * One of the `kinds` of `createSessions` with `refresh: false`.
   * @default the only one there is
   * @remarks When there are several.
   */
  readonly kind?: string;
  /**
   * When the key ends, if its kind does not end it earlier.
   * @default when its kind says, or never
   * @remarks Whenever its owner knows for how long they need it.
   */
  readonly expiresAt?: Date;
  /**
   * The application's own data (JSON, 4 kB).
   * @default none
   */
  readonly metadata?: JsonObject;
  /**
   * The session that asks for the key: its principal. If that session has ended by the time the key is
   * stored, there is no key, and the answer is `credential_invalid`.
   * @default none: the application answers for it
   * @remarks Whenever a signed-in user asks. `POST /account/keys` does it by itself.
   */
  readonly provenBy?: Pick<Principal, "sessionId" | "authenticatedAt" | "scopes" | "actor">;
}

import type { Revocation, SessionId } from "../model/session.js";
import type { RevokedEntry } from "./operations.js";

/** Ends what a key has touched. */
export interface KeyRevocation {
  readonly keyId: string;
  readonly revocation: Revocation;
  /** `next` of the stretch before; `null` begins. */
  readonly after: SessionId | null;
  readonly wait: boolean;
  readonly now?: number | undefined;
}

export interface KeyRevoked {
  readonly ended: readonly RevokedEntry[];
  /** Where the next stretch begins; `null` when there is none. */
  readonly next: SessionId | null;
  readonly left: boolean;
}

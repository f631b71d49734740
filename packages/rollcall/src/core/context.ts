import type { Settings } from "./options.js";
import type { OutdatedEntry, RevokedEntry } from "./port/operations.js";
import type { SessionStore } from "./port/store.js";
import type { Activity } from "./process/activity.js";
import type { BoundedCall } from "./process/bounded-call.js";
import type { EventHub } from "./process/event-hub.js";
import type { Faults } from "./process/faults.js";
import type { Pace } from "./process/pace.js";
import type { BoundRing } from "./tokens/bound-ring.js";
import type { TokenIssuer } from "./tokens/token-issuer.js";
import type { Verifier } from "./tokens/verifier.js";

/** What the verbs work with. One per `createSessions`, and one more per transaction of the caller's. */
export interface Context<Store = SessionStore> {
  readonly settings: Settings;
  readonly store: Store;
  /** Whether `store` works inside a transaction of the caller's: nothing is certain before it commits. */
  readonly inTransaction: boolean;
  /** This process's name in events. */
  readonly processId: string;
  readonly callStore: BoundedCall;
  readonly ring: BoundRing;
  readonly issuer: TokenIssuer;
  readonly verifier: Verifier;
  readonly activity: Activity;
  readonly hub: EventHub;
  /** Of a user's renames: each writes an event that all processes read. */
  readonly renames: Pace;
  /** Of the changes of metadata of a user's sessions, for the same reason. */
  readonly updates: Pace;
  /** Told of what no caller would hear of. */
  readonly faults: Faults;
  /** Refuses these sessions from now on and aborts their signals. */
  readonly markRevoked: (revoked: readonly RevokedEntry[]) => void;
  /** Refuses these access tokens from now on. */
  readonly markOutdated: (outdated: readonly OutdatedEntry[]) => void;
}

/** The same inside a transaction of the caller's. */
export function inTransaction<Store>(context: Context, store: Store): Context<Store> {
  // Not acknowledged before the caller commits, so nothing is marked here: the feed tells.
  return { ...context, store, inTransaction: true, markRevoked: () => {}, markOutdated: () => {} };
}

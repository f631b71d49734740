import type { Settings } from "./options.js";
import type { RevokedEntry } from "./port/store.js";
import type { Activity } from "./process/activity.js";
import type { BoundedCall } from "./process/bounded-call.js";
import type { EventHub } from "./process/event-hub.js";
import type { Faults } from "./process/faults.js";
import type { Pace } from "./process/pace.js";
import type { BoundRing } from "./tokens/key-ring.js";
import type { TokenIssuer } from "./tokens/token-issuer.js";
import type { Verifier } from "./tokens/verifier.js";

/** What the use cases share. One per `createSessions`. */
export interface Core {
  readonly settings: Settings;
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
  /** Told of what no caller would hear of. */
  readonly faults: Faults;
  /** Refuses these sessions from now on and aborts their signals. */
  readonly markRevoked: (ended: readonly RevokedEntry[]) => void;
}

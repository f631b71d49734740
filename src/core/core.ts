import type { Activity } from "./activity.js";
import type { Ask } from "./ask.js";
import type { EventHub } from "./event-hub.js";
import type { Faults } from "./faults.js";
import type { BoundRing } from "./key-ring.js";
import type { Settings } from "./options.js";
import type { Pace } from "./pace.js";
import type { RevokedEntry } from "./store.js";
import type { TokenIssuer } from "./token-issuer.js";
import type { Verifier } from "./verifier.js";

/** What the use cases share. One per `createSessions`. */
export interface Core {
  readonly settings: Settings;
  /** This process's name in events. */
  readonly origin: string;
  readonly ask: Ask;
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
  readonly learn: (ended: readonly RevokedEntry[]) => void;
}

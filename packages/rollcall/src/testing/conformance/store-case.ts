import type { SessionStore } from "../../core/port/store.js";
import type { ManualClock } from "../manual-clock.js";

/** What a case runs on: a new, migrated, empty store, and the clock it uses. */
export interface StoreHarness {
  readonly store: SessionStore;
  readonly clock: ManualClock;
  /**
   * Opens a second store on the same database with a handle or connection of its own, like another
   * process. Called at most once. Leave it out if that is impossible.
   */
  readonly another?: () => Promise<SessionStore>;
}

/** What a case requires: a second handle, or the store's `subscribe`. */
export type StoreNeed = "another" | "subscribe";

/** One promise of the port as a test. It rejects with an AssertionError when the promise is broken. */
export interface StoreCase {
  readonly name: string;
  readonly needs?: StoreNeed;
  run(harness: StoreHarness): Promise<void>;
}

/** Why a case cannot run on a harness, or `null` when it can. */
export function reasonToSkip(storeCase: StoreCase, harness: StoreHarness): string | null {
  if (storeCase.needs === "another" && harness.another === undefined) {
    return "there can be no second handle on this database";
  }
  if (storeCase.needs === "subscribe" && harness.store.subscribe === undefined) {
    return "this store has no subscribe";
  }
  return null;
}

import type { SessionStore } from "../../core/port/store.js";
import type { ManualClock } from "../manual-clock.js";

/** What a case runs on: a fresh store, migrated and empty, and the clock its times come from. */
export interface StoreHarness {
  readonly store: SessionStore;
  readonly clock: ManualClock;
  /**
   * A second store on the same database, by a handle or connection of its own, as another process
   * would have. Asked for at most once. Leave it out where there can be none.
   */
  readonly another?: () => Promise<SessionStore>;
}

/** What a case cannot do without: a second handle, or the store's `subscribe`. */
export type StoreNeed = "another" | "subscribe";

/** One promise of the port, as a test. It rejects with an AssertionError when it is broken. */
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

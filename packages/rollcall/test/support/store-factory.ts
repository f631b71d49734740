import type { ManualClock, StoreHarness } from "rollcall/testing";

/** A harness that gives back what it took. */
export interface OpenStore extends StoreHarness {
  close(): Promise<void>;
}

/** A way to a fresh, migrated, empty store; so that a test can loop over all of them. */
export interface StoreFactory {
  readonly name: string;
  open(clock?: ManualClock): Promise<OpenStore>;
}

export type { BrokenStore } from "./broken-store.js";
export { brokenStores } from "./broken-stores.js";
export { type ManualClock, manualClock } from "./manual-clock.js";
export { reasonToSkip, type StoreCase, type StoreHarness, type StoreNeed } from "./store-case.js";
export { storeCases } from "./store-cases.js";

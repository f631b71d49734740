export {
  reasonToSkip,
  type StoreCase,
  type StoreHarness,
  type StoreNeed,
} from "./conformance/store-case.js";
export { storeCases } from "./conformance/store-cases.js";
export { type ManualClock, manualClock } from "./manual-clock.js";
export {
  createTestSessions,
  type TestSessions,
  type TestSessionsOptions,
  type TestSignIn,
} from "./test-sessions.js";

import { actingCases } from "./acting-cases.js";
import { activityCases } from "./activity-cases.js";
import { apiKeyCases } from "./api-key-cases.js";
import { changesCases } from "./changes-cases.js";
import { concurrencyCases } from "./concurrency-cases.js";
import { deadlineCases } from "./deadline-cases.js";
import { deviceCases } from "./device-cases.js";
import { disavowCases } from "./disavow-cases.js";
import { eraseCases } from "./erase-cases.js";
import { factorChangeCases } from "./factor-change-cases.js";
import { hintCases } from "./hint-cases.js";
import { isolationCases } from "./isolation-cases.js";
import { keyCases } from "./key-cases.js";
import { kindCases } from "./kind-cases.js";
import { lateRetryCases } from "./late-retry-cases.js";
import { limitCases } from "./limit-cases.js";
import { listingCases } from "./listing-cases.js";
import { moveCases } from "./move-cases.js";
import { outdateCases } from "./outdate-cases.js";
import { purgeCases } from "./purge-cases.js";
import { reauthenticationCases } from "./reauthentication-cases.js";
import { reauthenticationRefusalCases } from "./reauthentication-refusal-cases.js";
import { revocationCases } from "./revocation-cases.js";
import { rotationCases } from "./rotation-cases.js";
import { signInCases } from "./sign-in-cases.js";
import type { StoreCase } from "./store-case.js";
import { textCases } from "./text-cases.js";
import { updateCases } from "./update-cases.js";

/**
 * What every `SessionStore` must do, as plain data for any test runner. Give each case a new, migrated,
 * empty store.
 *
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { memory } from "rollcall/memory";
 * import { manualClock, reasonToSkip, storeCases } from "rollcall/testing";
 *
 * for (const storeCase of storeCases) {
 *   test(storeCase.name, async (t) => {
 *     const harness = { store: memory(), clock: manualClock() }; // your store instead of memory()
 *     const reason = reasonToSkip(storeCase, harness);
 *     if (reason !== null) return t.skip(reason);
 *     await storeCase.run(harness);
 *   });
 * }
 * ```
 */
export const storeCases: readonly StoreCase[] = [
  ...signInCases,
  ...rotationCases,
  ...lateRetryCases,
  ...deadlineCases,
  ...revocationCases,
  ...limitCases,
  ...kindCases,
  ...apiKeyCases,
  ...isolationCases,
  ...listingCases,
  ...activityCases,
  ...changesCases,
  ...hintCases,
  ...purgeCases,
  ...eraseCases,
  ...deviceCases,
  ...disavowCases,
  ...moveCases,
  ...textCases,
  ...keyCases,
  ...actingCases,
  ...updateCases,
  ...outdateCases,
  ...reauthenticationCases,
  ...reauthenticationRefusalCases,
  ...factorChangeCases,
  ...concurrencyCases,
];

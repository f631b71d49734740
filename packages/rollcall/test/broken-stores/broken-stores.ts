import { brokenActings } from "./broken-actings.js";
import { brokenApiKeys } from "./broken-api-keys.js";
import { brokenClaims } from "./broken-claims.js";
import { brokenDevices } from "./broken-devices.js";
import { brokenDisavowals } from "./broken-disavowals.js";
import { brokenErasures } from "./broken-erasures.js";
import { brokenKeys } from "./broken-keys.js";
import { brokenKinds } from "./broken-kinds.js";
import { brokenMoves } from "./broken-moves.js";
import { brokenReadings } from "./broken-readings.js";
import { brokenReauthentications } from "./broken-reauthentications.js";
import { brokenRevocations } from "./broken-revocations.js";
import { brokenRotations } from "./broken-rotations.js";
import { brokenScopes } from "./broken-scopes.js";
import { brokenSignIns } from "./broken-sign-ins.js";
import type { BrokenStore } from "./broken-store.js";
import { brokenTexts } from "./broken-texts.js";

/**
 * Stores that are wrong in one way each, as stores have been wrong. They prove that the cases of
 * `storeCases` find what they are there to find.
 */
export const brokenStores: readonly BrokenStore[] = [
  ...brokenRotations,
  ...brokenSignIns,
  ...brokenKinds,
  ...brokenApiKeys,
  ...brokenRevocations,
  ...brokenReauthentications,
  ...brokenScopes,
  ...brokenReadings,
  ...brokenActings,
  ...brokenErasures,
  ...brokenTexts,
  ...brokenKeys,
  ...brokenClaims,
  ...brokenDevices,
  ...brokenDisavowals,
  ...brokenMoves,
];

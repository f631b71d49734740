export type { Clock } from "./core/clock.js";
export { createSessions } from "./core/create-sessions.js";
export type { Device, DeviceInfo, DeviceType } from "./core/device.js";
export {
  type InvalidReason,
  SessionError,
  type SessionErrorCode,
  type SessionErrorDetails,
  type WireErrorCode,
} from "./core/errors.js";
export type * from "./core/events.js";
export type { Health } from "./core/health.js";
export type { Json, JsonObject } from "./core/json.js";
export {
  createKeyRing,
  type JsonWebKeySet,
  type KeyEntry,
  type KeyRing,
  type SigningPair,
} from "./core/key-ring.js";
export type { ClaimsFor, Duration, SessionsOptions } from "./core/options.js";
export type { Actor, RevocationReason, SessionId } from "./core/session.js";
export type { Session } from "./core/session-view.js";
export type * from "./core/sessions-api.js";
export type { SessionStore } from "./core/store.js";
export type { User, UserReference } from "./core/user.js";

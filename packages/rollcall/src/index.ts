export type { ApiKeyMethods } from "./core/api-key-methods.js";
export type { SessionAssurance } from "./core/assurance-api.js";
export { createSessions } from "./core/create-sessions.js";
export type { Duration } from "./core/duration.js";
export type { KindOptions } from "./core/kind-options.js";
export type { LevelOptions, LevelPreset } from "./core/level-options.js";
export type * from "./core/model/answers.js";
export type { ApiKeyOptions } from "./core/model/api-key-options.js";
export type * from "./core/model/call-options.js";
export type * from "./core/model/credentials.js";
export type { DeviceInfo } from "./core/model/device.js";
export type { Device, DeviceType } from "./core/model/device-label.js";
export type { Devices, DeviceToken, Disavowal } from "./core/model/devices.js";
export {
  type InvalidReason,
  type RequiredAuthentication,
  SessionError,
  type SessionErrorCode,
  type SessionErrorDetails,
  type WireErrorCode,
} from "./core/model/errors.js";
export type {
  AddressChanged,
  DeviceFirstSeen,
  EventOf,
  GenerationAhead,
  ReuseDetected,
  SessionCreated,
  SessionEvent,
  SessionEventType,
  SessionEvicted,
  SessionExpired,
  SessionReauthenticated,
  SessionRefreshed,
  SessionRenamed,
  SessionRevoked,
  StoredEvent,
  UserAgentChanged,
} from "./core/model/events.js";
export type { Json, JsonObject } from "./core/model/json.js";
export {
  type Actor,
  isSessionId,
  type RevocationReason,
  type SessionId,
} from "./core/model/session.js";
export type { SessionEnded } from "./core/model/session-ended.js";
export type { Session } from "./core/model/session-view.js";
export type { User, UserReference } from "./core/model/user.js";
export type { SessionStore } from "./core/port/store.js";
export type { Clock } from "./core/process/clock.js";
export type { Health } from "./core/process/health.js";
export type * from "./core/sessions-api.js";
export type {
  ClaimsFor,
  PurgeOptions,
  SessionsOptions,
} from "./core/sessions-options.js";
export type { JsonWebKeySet, KeyEntry, SigningPair } from "./core/tokens/key-entry.js";
export { createKeyRing, type KeyRing } from "./core/tokens/key-ring.js";
export type { UserSessions } from "./core/user-sessions-api.js";

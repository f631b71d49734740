import type { Json, JsonObject } from "./json.js";
import type { Actor, RevocationReason, SessionId } from "./session.js";
import type { User } from "./user.js";

/** What all events have. */
export interface EventBase {
  /** Grows with every event of one session. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Type and id are empty if `sessions.erase` has erased the user in the meantime. */
  readonly user: User;
  readonly sessionId: SessionId;
  readonly actor: Actor;
  /** The process that made the change: a random id that each process takes when it starts. */
  readonly processId: string;
}

/** A sign-in. */
export interface SessionCreated extends EventBase {
  readonly type: "session.created";
}
/** The owner gave the session a name, or cleared it. */
export interface SessionRenamed extends EventBase {
  readonly type: "session.renamed";
}
/** `sessions.update` gave the session other metadata. */
export interface SessionUpdated extends EventBase {
  readonly type: "session.updated";
}
/** `sessions.refreshClaims` outdated the access tokens of the session. It goes on. */
export interface ClaimsOutdated extends EventBase {
  readonly type: "session.claims_outdated";
  /** Access tokens of this refresh generation and of earlier ones are refused from now on. */
  readonly generation: number;
}
/** The user was authenticated again within the session. Its former tokens are refused from now on. */
export interface SessionReauthenticated extends EventBase {
  readonly type: "session.reauthenticated";
  /** By what means (RFC 8176). */
  readonly methods: readonly string[];
  /** The level that the session has now. */
  readonly level: string | null;
}
/** The session ended. `session.evicted` and `session.reuse_detected` come in addition to it. */
export interface SessionRevoked extends EventBase {
  readonly type: "session.revoked";
  readonly reason: RevocationReason;
}
/** A superseded refresh token, or an access token of a skipped generation, was presented. */
export interface ReuseDetected extends EventBase {
  readonly type: "session.reuse_detected";
}
/** The session made room for a newer sign-in. */
export interface SessionEvicted extends EventBase {
  readonly type: "session.evicted";
}
/** A token proved that the database had lost writes; the session caught up with the token. */
export interface GenerationAhead extends EventBase {
  readonly type: "session.generation_ahead";
}
/**
 * The user signed in on a device that is new to them. Once for each device of a user, and never for
 * their first one.
 */
export interface DeviceFirstSeen extends EventBase {
  readonly type: "device.first_seen";
  /** Empty if `sessions.erase` has erased the user in the meantime. */
  readonly deviceId: string;
}
/**
 * A refresh came from another address than the last one. Telephones change theirs all the time: it is
 * a signal, and never proof.
 */
export interface AddressChanged extends EventBase {
  readonly type: "session.address_changed";
  /** Both are empty if `sessions.erase` has erased the user in the meantime. */
  readonly from: string;
  readonly to: string;
}
/** A refresh came with another user agent than the last one, as after an update of the browser. */
export interface UserAgentChanged extends EventBase {
  readonly type: "session.user_agent_changed";
  /** Both are empty if `sessions.erase` has erased the user in the meantime. */
  readonly from: string;
  readonly to: string;
}
/** A token of an expired session was presented. Emitted in this process only. */
export interface SessionExpired extends EventBase {
  readonly type: "session.expired";
}
/** A refresh token was rotated. Emitted only in the process that rotated it. */
export interface SessionRefreshed extends EventBase {
  readonly type: "session.refreshed";
}

/** Events that are written to the database with the change itself, and read by every process. */
export type StoredEvent =
  | SessionCreated
  | SessionRenamed
  | SessionUpdated
  | ClaimsOutdated
  | SessionReauthenticated
  | SessionRevoked
  | ReuseDetected
  | SessionEvicted
  | GenerationAhead
  | DeviceFirstSeen
  | AddressChanged
  | UserAgentChanged;

const STORED_TYPES: Readonly<Record<StoredEvent["type"], true>> = {
  "session.created": true,
  "session.renamed": true,
  "session.updated": true,
  "session.claims_outdated": true,
  "session.reauthenticated": true,
  "session.revoked": true,
  "session.reuse_detected": true,
  "session.evicted": true,
  "session.generation_ahead": true,
  "device.first_seen": true,
  "session.address_changed": true,
  "session.user_agent_changed": true,
};

/** Whether this release knows a type of stored event. */
export function isStoredEventType(type: string): type is StoredEvent["type"] {
  return Object.hasOwn(STORED_TYPES, type);
}

/**
 * An event as a store keeps it: what all events have, and `data` for what only this type has.
 * Returns `null` when `data` is not what the type must carry.
 */
export function storedEvent(
  base: EventBase,
  type: StoredEvent["type"],
  data: JsonObject | null,
): StoredEvent | null {
  switch (type) {
    case "session.revoked": {
      const reason = data?.["reason"];
      return typeof reason === "string" ? { ...base, type, reason } : null;
    }
    case "session.claims_outdated": {
      const generation = data?.["generation"];
      return typeof generation === "number" ? { ...base, type, generation } : null;
    }
    case "device.first_seen":
      return { ...base, type, deviceId: textOf(data, "deviceId") };
    case "session.address_changed":
    case "session.user_agent_changed":
      return { ...base, type, from: textOf(data, "from"), to: textOf(data, "to") };
    case "session.reauthenticated": {
      // Empty in what an erasure has left.
      const { methods = [], level = null } = data ?? {};
      if (!isTexts(methods) || (level !== null && typeof level !== "string")) return null;
      return { ...base, type, methods, level };
    }
    default:
      return { ...base, type };
  }
}

/** Empty in what an erasure has left. */
function textOf(data: JsonObject | null, name: string): string {
  const value = data?.[name];
  return typeof value === "string" ? value : "";
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** The events that listeners receive. */
export type SessionEvent = StoredEvent | SessionExpired | SessionRefreshed;

/** The names of the events. */
export type SessionEventType = SessionEvent["type"];

/** The events of a type; `"*"` is all of them. */
export type EventOf<T extends SessionEventType | "*"> = Extract<
  SessionEvent,
  { readonly type: T extends "*" ? SessionEventType : T }
>;

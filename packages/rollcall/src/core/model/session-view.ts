import { type DeviceInfo, parseDevice } from "./device.js";
import type { Device } from "./device-label.js";
import type { JsonObject } from "./json.js";
import {
  type Actor,
  authenticationTime,
  type RevocationReason,
  type SessionActor,
  type SessionId,
  type StoredSession,
} from "./session.js";
import type { SessionSummary } from "./session-summary.js";
import type { User } from "./user.js";

/** One sign-in on one device, as applications see it. Contains no secret. */
export interface Session {
  readonly id: SessionId;
  readonly user: User;
  /** What the application recorded at sign-in, verbatim. */
  readonly deviceInfo: DeviceInfo | null;
  /** Parsed from `deviceInfo`. */
  readonly device: Device;
  readonly metadata: JsonObject | null;
  /** The name its owner gave it. */
  readonly name: string | null;
  readonly persistent: boolean;
  /** The sign-in. */
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** The address last seen. */
  readonly lastIp: string | null;
  /** The earlier of the idle deadline and the absolute limit. */
  readonly expiresAt: Date;
  /** The absolute limit: the session ends then, however much it is used. */
  readonly absoluteExpiresAt: Date;
  readonly revokedAt: Date | null;
  readonly revokedReason: RevocationReason | null;
  readonly revokedBy: Actor | null;
  /** One of the application's kinds of sessions; `null` without one. */
  readonly kind: string | null;
  /** When the application last authenticated the user in this session. */
  readonly authenticatedAt: Date;
  /** By what means, such as `["pwd", "otp"]` (RFC 8176); empty where it did not say. */
  readonly methods: readonly string[];
  /** How sure the application was (`acr`); `null` where it did not say. */
  readonly level: string | null;
  /** The device that the session is on; `null` where it is not known. */
  readonly deviceId: string | null;
  /** Who acts as the user in this session; `null` when the user does. */
  readonly actor: SessionActor | null;
  /** What an API key may do; `null` for every other session. */
  readonly scopes: readonly string[] | null;
}

const NONE: readonly string[] = Object.freeze([]);

/** The part of a row that applications see: generations and key ids stay inside. */
export function toView(row: StoredSession): Session {
  const { revokedAt, revokedReason, revokedBy } = row;
  const end = {
    revokedAt: revokedAt === null ? null : new Date(revokedAt),
    revokedReason,
    revokedBy,
  };
  return { ...toActiveView(row), ...end };
}

/** The same for a session of a list, which is active. */
export function toActiveView(row: SessionSummary): Session {
  return {
    id: row.id,
    user: row.user,
    deviceInfo: row.deviceInfo,
    device: parseDevice(row.deviceInfo),
    metadata: row.metadata,
    name: row.name,
    persistent: row.persistent,
    createdAt: new Date(row.createdAt),
    lastUsedAt: new Date(row.lastUsedAt),
    lastIp: row.lastIp,
    expiresAt: new Date(row.expiresAt),
    absoluteExpiresAt: new Date(row.absoluteExpiresAt),
    revokedAt: null,
    revokedReason: null,
    revokedBy: null,
    kind: row.kind,
    authenticatedAt: new Date(authenticationTime(row)),
    methods: row.methods ?? NONE,
    level: row.level,
    deviceId: row.deviceId,
    actor: row.actor,
    scopes: row.scopes,
  };
}

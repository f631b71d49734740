import type { DeviceInfo } from "../core/model/device.js";
import type { JsonObject } from "../core/model/json.js";
import type { StoredSession } from "../core/model/session.js";
import type { SessionSummary } from "../core/model/session-summary.js";
import type { User } from "../core/model/user.js";
import {
  ACTOR,
  BOOLEAN,
  CODE_UNITS,
  type Columns,
  column,
  descriptive,
  INTEGER,
  listColumns,
  optional,
  readFields,
  SESSION_ACTOR,
  SESSION_ID,
  STRING,
  STRINGS,
  TIME,
  verbatimJson,
  writeFields,
} from "./columns.js";
import type { Report, Row, Values } from "./row.js";

/** A session with a field for each column. */
export interface SessionFields extends Omit<StoredSession, "user"> {
  readonly userType: string;
  readonly userId: string;
}

/**
 * The columns of `rollcall_sessions`, in every SQL store. The tables, SELECT, INSERT and the mapping
 * are made from this list. To add a field, add it to `StoredSession` and `firstRow`, add a line here
 * with the number of a new migration (it must be `optional`, since the previous release writes rows
 * without it), and add that migration to both dialects.
 */
export const SESSION_COLUMNS: Columns<SessionFields> = {
  id: column("id", SESSION_ID),
  userType: column("user_type", CODE_UNITS),
  userId: column("user_id", CODE_UNITS),
  deviceInfo: column("device_info", descriptive("session", verbatimJson<DeviceInfo>())),
  metadata: column("metadata", descriptive("session", verbatimJson<JsonObject>())),
  name: column("name", optional(STRING)),
  persistent: column("persistent", BOOLEAN),
  createdAt: column("created_at", TIME),
  lastUsedAt: column("last_used_at", TIME),
  lastIp: column("last_ip", optional(STRING)),
  idleTimeout: column("idle_timeout", INTEGER),
  expiresAt: column("expires_at", TIME),
  absoluteExpiresAt: column("absolute_expires_at", TIME),
  generation: column("generation", INTEGER),
  predecessor: column("predecessor", INTEGER),
  // These two, and an event's `origin`, keep the names they were created with: while a deployment
  // rolls out, processes of the previous release still read and write them.
  skippedFrom: column("void_from", INTEGER),
  skippedTo: column("void_to", INTEGER),
  confirmed: column("confirmed", INTEGER),
  rotatedAt: column("rotated_at", TIME),
  keyId: column("key_id", STRING),
  accessUntil: column("access_until", TIME),
  revokedAt: column("revoked_at", optional(TIME)),
  revokedReason: column("revoked_reason", optional(STRING)),
  revokedBy: column("revoked_by", descriptive("session", ACTOR)),
  kind: column("kind", optional(STRING), 4),
  scopes: column("scopes", optional(STRINGS), 4),
  secretHash: column("secret_hash", optional(STRING), 4),
  authenticatedAt: column("authenticated_at", optional(TIME), 4),
  methods: column("methods", optional(STRINGS), 4),
  level: column("level", optional(STRING), 4),
  deviceId: column("device_id", optional(STRING), 4),
  actor: column("acting", optional(SESSION_ACTOR), 4),
  outdatedTo: column("outdated_to", optional(INTEGER), 4),
  outdatedUntil: column("outdated_until", optional(TIME), 4),
  supersededTo: column("superseded_to", optional(INTEGER), 4),
  lastUserAgent: column("last_user_agent", optional(STRING), 5),
};

/** The columns of a list: it knows whose sessions they are. */
export const SUMMARY_COLUMNS: Columns<Omit<SessionSummary, "user">> = {
  id: SESSION_COLUMNS.id,
  deviceInfo: SESSION_COLUMNS.deviceInfo,
  metadata: SESSION_COLUMNS.metadata,
  name: SESSION_COLUMNS.name,
  persistent: SESSION_COLUMNS.persistent,
  createdAt: SESSION_COLUMNS.createdAt,
  lastUsedAt: SESSION_COLUMNS.lastUsedAt,
  lastIp: SESSION_COLUMNS.lastIp,
  expiresAt: SESSION_COLUMNS.expiresAt,
  absoluteExpiresAt: SESSION_COLUMNS.absoluteExpiresAt,
  kind: SESSION_COLUMNS.kind,
  scopes: SESSION_COLUMNS.scopes,
  authenticatedAt: SESSION_COLUMNS.authenticatedAt,
  methods: SESSION_COLUMNS.methods,
  level: SESSION_COLUMNS.level,
  deviceId: SESSION_COLUMNS.deviceId,
  actor: SESSION_COLUMNS.actor,
};

export function toSummary(user: User, row: Row, report: Report): SessionSummary {
  return { ...readFields(SUMMARY_COLUMNS, row, report), user };
}

/** The one that the latest migration of sessions added. */
export const NEWEST_COLUMN: string = listColumns(SESSION_COLUMNS).reduce((newest, next) =>
  next.since >= newest.since ? next : newest,
).name;

export function toSession(row: Row, report: Report): StoredSession {
  const { userType, userId, ...session } = readFields(SESSION_COLUMNS, row, report);
  return { ...session, user: { type: userType, id: userId } };
}

/** The values of a session by the names of its fields: `:userType`, `:userId`, `:deviceInfo`… */
export function sessionValues({ user, ...session }: StoredSession): Values {
  return writeFields(SESSION_COLUMNS, { ...session, userType: user.type, userId: user.id });
}

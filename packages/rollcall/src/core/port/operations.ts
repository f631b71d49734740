import type { DeviceInfo } from "../model/device.js";
import type { JsonObject } from "../model/json.js";
import type { ReauthenticationSettings } from "../model/reauthentication.js";
import type { Revocation, SessionActor, SessionId, StoredSession } from "../model/session.js";
import type { User } from "../model/user.js";

/** A sign-in to store. Durations in milliseconds; the store's clock gives the times. */
export interface NewSession {
  readonly id: SessionId;
  readonly user: User;
  readonly deviceInfo: DeviceInfo | null;
  readonly metadata: JsonObject | null;
  readonly lastIp: string | null;
  readonly persistent: boolean;
  readonly keyId: string;
  readonly idleTimeout: number;
  readonly absoluteTimeout: number;
  readonly accessTokenTtl: number;
  readonly authenticatedAt: number | null;
  /**
   * What counts against the user's latest "everywhere", where that is not `authenticatedAt`: of a
   * session in which somebody acts as the user, the time that it was asked for.
   */
  readonly provenAt?: number;
  readonly kind: string | null;
  readonly scopes: readonly string[] | null;
  readonly secretHash: string | null;
  readonly methods: readonly string[] | null;
  readonly level: string | null;
  readonly deviceId: string | null;
  readonly actor: SessionActor | null;
  readonly replaces: SessionId | null;
  readonly limit: SessionLimit | null;
  /** The name it begins with. An API key has one, since nothing else tells it from others. */
  readonly name?: string;
  /**
   * The session of the same user from which this one is made. It is locked, and where it is not active
   * the answer is `outdated`: what has ended can make nothing.
   */
  readonly provenBy?: SessionId | undefined;
  readonly now?: number | undefined;
}

export interface SessionLimit {
  readonly max: number;
  readonly onLimit: "evict-oldest" | "evict-least-recently-used" | "refuse";
  /** The kind whose sessions count, and may be evicted. Left out: all but those of `apart`. */
  readonly kind?: string;
  /** Kinds that count for themselves. API keys (`secretHash`) count with no others in any case. */
  readonly apart?: readonly string[];
}

/** Whether a session counts; one in which somebody acts as the user never does. Pure: the memory store uses it, the SQL mirrors it. */
export function counts(session: StoredSession, { kind, apart = [] }: SessionLimit): boolean {
  if (session.actor !== null) return false;
  if (kind !== undefined) return session.kind === kind;
  return session.secretHash === null && (session.kind === null || !apart.includes(session.kind));
}

export type CreateOutcome =
  | {
      readonly outcome: "created";
      readonly session: StoredSession;
      readonly ended: readonly RevokedEntry[];
      /** When the user's claims were last outdated; `null`: never. */
      readonly claimsAt: number | null;
    }
  | { readonly outcome: "refused" }
  | { readonly outcome: "outdated" };

/** A refresh token's generation, presented. */
export interface Rotation {
  readonly id: SessionId;
  readonly presented: number;
  /** The key of the token that was presented. The session is remembered to be touched by it. */
  readonly presentedKeyId: string;
  /** The key that signs the successor, should this call rotate. */
  readonly keyId: string;
  /** Where it was presented from; `null`: not known. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly retryWindow: number;
  readonly accessTokenTtl: number;
  readonly now?: number | undefined;
}

export type RotationOutcome =
  | { readonly outcome: "rotated"; readonly session: StoredSession; readonly now: number }
  | { readonly outcome: "retried"; readonly session: StoredSession; readonly now: number }
  /** The session was ended for it: `session` as it stands after. */
  | { readonly outcome: "reused"; readonly session: StoredSession; readonly now: number }
  | { readonly outcome: "superseded"; readonly session: StoredSession; readonly now: number }
  | { readonly outcome: "revoked"; readonly session: StoredSession; readonly now: number }
  | { readonly outcome: "expired"; readonly session: StoredSession; readonly now: number }
  | { readonly outcome: "unknown" };

/** The user of a session has authenticated again. */
export interface Reauthentication extends ReauthenticationSettings {
  readonly now?: number | undefined;
}

export type ReauthenticationOutcome =
  | {
      readonly outcome: "reauthenticated";
      readonly session: StoredSession;
      readonly now: number;
      /** When the user's claims were last outdated; `null`: never. */
      readonly claimsAt: number | null;
    }
  | {
      readonly outcome: "superseded" | "outdated" | "revoked" | "expired";
      readonly session: StoredSession;
      readonly now: number;
    }
  | { readonly outcome: "unknown" };

export interface Found {
  readonly session: StoredSession;
  readonly now: number;
}

export interface ListPage {
  readonly limit: number;
  /** Start behind this session. */
  readonly after: { readonly createdAt: number; readonly id: SessionId } | null;
  readonly now?: number | undefined;
}

export interface Rename {
  readonly name: string | null;
  readonly actor: Revocation["actor"];
  readonly now?: number | undefined;
}

export interface Update {
  readonly metadata: JsonObject | null;
  readonly actor: Revocation["actor"];
  readonly now?: number | undefined;
}

export interface RevokeAll {
  readonly revocation: Revocation;
  readonly except: SessionId | null;
  /** Sessions at one of these levels stay. @default none */
  readonly sparedLevels?: readonly string[];
  /** Whether the "everywhere" time moves, so that a sign-in proven earlier is refused. @default without `except` */
  readonly isEverywhere?: boolean;
  readonly now?: number | undefined;
}

/** "This wasn't me". */
export interface Disavowal {
  readonly revocation: Revocation;
  readonly now?: number | undefined;
}

export interface Revoked {
  readonly session: StoredSession;
  readonly changed: boolean;
}

/** What an index must know of an ended session. */
export interface RevokedEntry {
  readonly id: SessionId;
  readonly accessUntil: number;
}

/** What an index must know of a session whose claims were outdated. */
export interface OutdatedEntry {
  readonly id: SessionId;
  /** Access tokens of this generation and of earlier ones are refused. */
  readonly generation: number;
  /** When the last of them has expired. */
  readonly until: number;
}

export interface Outdate {
  readonly actor: Revocation["actor"];
  readonly now?: number | undefined;
}

export interface GenerationUse {
  readonly id: SessionId;
  readonly generation: number;
}

/** What became of first uses. */
export interface Confirmed {
  /** The sessions it ended. */
  readonly ended: readonly RevokedEntry[];
  /** Those it left out, to be tried again. */
  readonly left: readonly SessionId[];
}

export interface SessionUse {
  readonly id: SessionId;
  readonly at: number;
}

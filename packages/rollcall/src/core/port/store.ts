import type { StoredEvent } from "../model/events.js";
import type { Revocation, SessionId, StoredSession } from "../model/session.js";
import type { SessionSummary } from "../model/session-summary.js";
import type { User } from "../model/user.js";
import type { ChangePage, HintListener } from "./changes.js";
import type { Erased, Erasure } from "./erasure.js";
import type { KeyRevocation, KeyRevoked } from "./key-revocation.js";
import type {
  Confirmed,
  CreateOutcome,
  Disavowal,
  Found,
  GenerationUse,
  ListPage,
  NewSession,
  Outdate,
  OutdatedEntry,
  Reauthentication,
  ReauthenticationOutcome,
  Rename,
  RevokeAll,
  Revoked,
  RevokedEntry,
  Rotation,
  RotationOutcome,
  SessionUse,
  Update,
} from "./operations.js";
import type { StorePurge } from "./store-purge.js";
import type { StoreSettings } from "./store-settings.js";

/**
 * The port to a database. Each method is one statement or one transaction; all of them are scoped
 * by user id AND user type, save those that start from a session id proven by a MAC (`find`,
 * `rotate`, `confirm`, `touch`). Expected outcomes are values. A store throws a TypeError when it is
 * misused; anything else it throws, the driver's own errors too, the core takes to mean that the
 * database cannot be asked (503), and the core also bounds each call by `storeTimeout`.
 *
 * `now`: where it is given it takes the place of the database's clock, which otherwise decides.
 *
 * Every change writes its {@link StoredEvent}s in the same statement or transaction:
 * create → `session.created`, then `device.first_seen` (and, per session it ends, `session.revoked`,
 * for evictions preceded by `session.evicted`); rename → `session.renamed` per session; update →
 * `session.updated`; outdate → `session.claims_outdated` per session; reauthenticate →
 * `session.reauthenticated`; each ending → `session.revoked`; reuse → `session.reuse_detected` then
 * `session.revoked`; a jump ahead → `session.generation_ahead`. A rotation writes none, unless it comes
 * from another address or user agent (`movesOf` in rotation.ts).
 *
 * Whatever ends a session ends in the same statement or transaction the active ones whose `actor` it
 * is, as `ACTOR_ENDED` of acting.ts says, each with its `session.revoked`. They need not be among
 * what the method gives back.
 */
export interface SessionStore extends StorePurge {
  /** Called once by `createSessions`, before anything else. */
  configure(settings: StoreSettings): void;

  /** Brings the schema up to date. Safe when many processes call it at once. */
  migrate(): Promise<void>;

  /**
   * Inserts a session. Under a lock on the user: refuses with `outdated` when `authenticatedAt` lies
   * before the time of the user's latest "everywhere", or with `provenBy`, whatever that time is, unless
   * that session is active; ends `replaces` (reason `replaced`) if it is an active session of the same
   * user; then, if `limit` is given and the user would have more active sessions that count (`counts` in
   * operations.ts) than `limit.max`, refuses, or ends as many of these as needed (reason `evicted`). It
   * tells when `outdate` was last called for the user.
   *
   * With `actor`, somebody acts as the user: refuses with `outdated` unless the session of the actor
   * is active, under a lock on it. Such a session never counts against a limit, and is never evicted.
   *
   * With `deviceId` it remembers the device of this user, whose name becomes that of the session. A
   * device that is new to the user is told of (`device.first_seen`), once also if many sign in at
   * once, but never the device of the user's first sign-in that had one.
   */
  create(input: NewSession): Promise<CreateOutcome>;

  /**
   * Presents a refresh token's generation. The decision is that of `decide` in rotation.ts. The good
   * case is one conditional `UPDATE … WHERE generation = presented RETURNING`; only an empty result
   * is looked into. Concurrent calls with one generation: exactly one rotates, the rest are
   * `retried` with the row as that one left it.
   */
  rotate(input: Rotation): Promise<RotationOutcome>;

  /**
   * Notes that the user of an active session was authenticated again. The decision is that of
   * `decideReauthentication`, the row after it that of `reauthenticated` in reauthentication.ts. One
   * conditional UPDATE, with the event, under the same lock on the user as `revokeAll`; only an empty
   * result is looked into. Of concurrent calls with one generation exactly one succeeds.
   */
  reauthenticate(
    user: User,
    id: SessionId,
    input: Reauthentication,
  ): Promise<ReauthenticationOutcome>;

  /** One session by id, in whatever state, with the clock's time. For proofs by MAC only. */
  find(id: SessionId, now?: number): Promise<Found | null>;

  /** One session of the user, in whatever state. */
  get(user: User, id: SessionId): Promise<StoredSession | null>;

  /** What is shown of the user's active sessions, newest `createdAt` first, ties by id ascending (code units). */
  list(user: User, page: ListPage): Promise<readonly SessionSummary[]>;

  /**
   * Renames an active session of the user, with one of a device also the device and all its active
   * sessions of this user; `null` when there is none. The name that it has already
   * is written no second time, and tells of nothing.
   */
  rename(user: User, id: SessionId, change: Rename): Promise<StoredSession | null>;

  /**
   * Puts other metadata in the place of that of an active session of the user; `null` when there is
   * none. What it has already is written no second time, and tells of nothing.
   */
  update(user: User, id: SessionId, change: Update): Promise<StoredSession | null>;

  /**
   * Outdates the access tokens of the user's active sessions, in a constant number of statements and
   * under the same lock as `create`: `outdatedTo` becomes the current generation, and `outdatedUntil`
   * becomes `accessUntil`, or 1 ms more than it was where that is later, so that each call shows in
   * the row (`outdated` in endings.ts, which also says what becomes of an API key). It also notes the time for the user, which `create` tells: claims that were asked for
   * before a sign-in was stored may be older than this call. Gives back an entry for each session.
   */
  outdate(user: User, input: Outdate): Promise<readonly OutdatedEntry[]>;

  /**
   * Ends a session of the user. `null`: no such session. A session that has already ended, by
   * revocation or by expiry, is given back unchanged with `changed: false`.
   */
  revoke(user: User, id: SessionId, revocation: Revocation, now?: number): Promise<Revoked | null>;

  /**
   * Ends all active sessions of the user but `except` and those at `sparedLevels`, in a constant
   * number of statements. With `isEverywhere`, by default without `except`, it also moves the user's
   * "everywhere" time, so that a sign-in proven earlier is refused, under the same lock as `create`.
   */
  revokeAll(user: User, input: RevokeAll): Promise<readonly RevokedEntry[]>;

  /**
   * Ends a session of the user, if it is active. If the record of its device is from then or earlier,
   * it also ends the active sessions of the user on that device that are as young or younger, and
   * forgets the device, so that its next sign-in is told of, also if it was the user's first. Under
   * the same lock as `create`.
   */
  disavow(user: User, id: SessionId, input: Disavowal): Promise<readonly RevokedEntry[]>;

  /**
   * Ends and forgets all of a user, under the same lock as `create`. Nothing is left that names the
   * user or tells of them: no id, device, metadata, address, name, event or "everywhere" time, and no
   * record of a device. What a process may still have to refuse (`isRefused` in erasure.ts) becomes a
   * `tombstone`; its events stay under their ids, for those who have not read them, but name NOBODY,
   * the system, and the reason `erased`. The rest is deleted, events included.
   */
  erase(user: User, input: Erasure): Promise<Erased>;

  /**
   * Ends active sessions that were begun or rotated under a key, or for which a token under it was
   * presented: those of one stretch, in an order of the store's own. A session is in no hurry: what
   * others have locked is left out unless `wait`, and `left` says so.
   */
  revokeByKey(input: KeyRevocation): Promise<KeyRevoked>;

  /**
   * Records the first use of generations: where `generation` is current, `confirmed` becomes it.
   * Where it lies in `skippedFrom..skippedTo` of an active session, that is reuse: the session ends.
   * Anything else changes nothing. A store may leave out rows that others have locked, and says
   * which, so that one of them holds up nobody else; with `wait` it waits for them instead.
   */
  confirm(uses: readonly GenerationUse[], now?: number, wait?: boolean): Promise<Confirmed>;

  /**
   * Records last use in batches: `lastUsedAt` and the idle deadline only ever grow; sessions that
   * have ended are left alone. A use that lies ahead of the clock counts as of now: the process that
   * saw it may have a wrong one. A store may leave out rows that others have locked, and returns the
   * ids it left out.
   */
  touch(uses: readonly SessionUse[], now?: number): Promise<readonly SessionId[]>;

  /**
   * What was committed since `cursor`: each committed event at least once, none ever missed, in
   * commit order per session. With `null`, or a cursor that this database did not give: no
   * events, but every revoked session with `accessUntil > now - margin`, every one with
   * `outdatedUntil > now - margin`, and a new cursor.
   */
  changes(cursor: string | null, margin: number, now?: number): Promise<ChangePage>;

  /**
   * Whose changes hints tell of. With `"process"` the changes of others are found by asking alone.
   *
   * @default "everyone"
   */
  readonly hintsFrom?: "process" | "everyone";

  /** A hint that there may be something new in `changes`; may be lost. A capability. */
  subscribe?(listener: HintListener): Promise<() => Promise<void>>;

  /** The same port inside the caller's own transaction on `client`. A capability (Postgres). */
  in?(client: unknown): TransactionStore;

  /**
   * Throws a TypeError where a transaction of the caller's is open on the handle. A capability
   * (SQLite): asked before anything is awaited, since by the time the store is, it has committed.
   */
  requireOutside?(method: string): void;

  /** The same port, synchronous, inside the handle's own transaction. A capability (SQLite). */
  inSync?(): SyncTransactionStore;

  /** Lets go of what the store itself opened (listeners, timers), never of the caller's handle. */
  close(): Promise<void>;
}

/** What can take part in the caller's own transaction. */
export type TransactionStore = Pick<
  SessionStore,
  "create" | "find" | "rotate" | "outdate" | "revoke" | "revokeAll" | "erase"
>;

/** {@link TransactionStore}, synchronous. */
export interface SyncTransactionStore {
  create(input: NewSession): CreateOutcome;
  find(id: SessionId, now?: number): Found | null;
  rotate(input: Rotation): RotationOutcome;
  outdate(user: User, input: Outdate): readonly OutdatedEntry[];
  revoke(user: User, id: SessionId, revocation: Revocation, now?: number): Revoked | null;
  revokeAll(user: User, input: RevokeAll): readonly RevokedEntry[];
  erase(user: User, input: Erasure): Erased;
}

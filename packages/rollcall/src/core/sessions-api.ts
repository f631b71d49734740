import type { RevokeOptions, StartOptions } from "./model/call-options.js";
import type { LogoutCredentials, Principal, TokenPair } from "./model/credentials.js";
import type { EventOf, SessionEventType } from "./model/events.js";
import type { Actor } from "./model/session.js";
import type { Session } from "./model/session-view.js";
import type { UserReference } from "./model/user.js";
import type { Health } from "./process/health.js";
import type { Duration } from "./sessions-options.js";
import type { JsonWebKeySet } from "./tokens/key-entry.js";
import type { KeyRing } from "./tokens/key-ring.js";

/** A sign-in. */
export interface SignIn {
  readonly session: Session;
  readonly tokens: TokenPair;
}

/** A refresh. */
export interface Refreshed {
  readonly session: Session;
  readonly tokens: TokenPair;
  readonly principal: Principal;
  /** Milliseconds for which the predecessor still gives back the same answer. */
  readonly retryableFor: number;
}

/** A page of the caller's active sessions. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Present only when there is more. */
  readonly nextCursor?: string;
}

/** Session management for an application that has users and a login. Made by `createSessions`. */
export interface Sessions {
  /**
   * Starts a session, once the application has proven who the user is.
   *
   * @throws SessionError `session_limit` (with `onLimit: "refuse"`), `credential_invalid` (the proof
   *   is older than the latest "everywhere", or `claimsFor` answered `null`), `store_unavailable`.
   * @throws TypeError naming the argument at fault.
   */
  start(user: UserReference, options?: StartOptions): Promise<SignIn>;

  /**
   * Proves who holds an access token (RFC 9068 shape). No I/O while the change feed is up, but for
   * the first sight of a token whose sign-in was made in a transaction of yours ({@link Sessions.in}).
   *
   * @throws SessionError `credential_invalid`, or `store_unavailable` when it cannot be known.
   */
  verify(accessToken: string): Promise<Principal>;

  /**
   * {@link Sessions.verify} without a promise, for code that runs on every request: going on in a
   * later microtask costs a server more than the check. `null` when this process is not up to date,
   * or sees for the first time a token of a sign-in made in a transaction of yours, and the database
   * has to be asked: `verifyNow(token) ?? (await verify(token))`.
   *
   * @throws SessionError `credential_invalid`.
   */
  verifyNow(accessToken: string): Principal | null;

  /**
   * Rotates a refresh token (docs/contract.md §4). The same token within `retryWindow` gets the same
   * answer.
   *
   * @throws SessionError `credential_invalid` whatever the cause, or `store_unavailable`.
   */
  refresh(refreshToken: string, options?: { readonly ip?: string }): Promise<Refreshed>;

  /**
   * Proves who holds a refresh token by one read, without rotating: for places that cannot hand
   * out a new one, such as a page that cannot set cookies. It counts as a use of the token: it keeps
   * the session alive, and a superseded token ends it, as in {@link Sessions.refresh}.
   *
   * @throws SessionError as {@link Sessions.refresh}.
   */
  verifyRefreshToken(refreshToken: string): Promise<Principal>;

  /**
   * Ends the session of whoever holds either credential; also when it is already over. A superseded
   * refresh token ends it as reuse (`refresh_token_reuse`), with `session.reuse_detected`.
   *
   * @throws SessionError `credential_missing`, `credential_invalid`, `store_unavailable`.
   */
  logout(credentials: LogoutCredentials): Promise<void>;

  /**
   * The user's sessions that are neither revoked nor expired, newest sign-in first.
   *
   * @throws SessionError `malformed_request` for a bad cursor or limit (1 to 100).
   */
  list(
    user: UserReference,
    page?: { readonly limit?: number; readonly cursor?: string },
  ): Promise<SessionPage>;

  /** One session of the user, ended ones too; `null` when there is none. */
  get(user: UserReference, id: string): Promise<Session | null>;

  /**
   * Gives an active session a name (1 to 64 characters after trimming), or clears it with `null`.
   * `null` when there is no such session. The name it has already is written no second time.
   *
   * @throws SessionError `malformed_request` for a bad name; `throttled` beyond 30 renames of one
   *   user in a minute and process, since every process is told of each.
   */
  rename(
    user: UserReference,
    id: string,
    name: string | null,
    options?: { readonly actor?: Actor },
  ): Promise<Session | null>;

  /** Ends one session. Gives it back as it stands; `null` when the user has none of that id. */
  revoke(user: UserReference, id: string, options?: RevokeOptions): Promise<Session | null>;

  /** Ends the user's sessions but one; returns how many. */
  revokeOthers(user: UserReference, currentId: string, options?: RevokeOptions): Promise<number>;

  /** Ends all of the user's sessions, and any sign-in proven before now; returns how many. */
  revokeAll(user: UserReference, options?: RevokeOptions): Promise<number>;

  /**
   * Ends all of a user's sessions and forgets the user, for an account that is deleted; returns how
   * many sessions there were, ended ones included. Nothing is left that names the user or tells of
   * them. What access tokens may still be about stays for as long as those live, as rows of nobody,
   * so that every process refuses them, also one that starts later. Listeners hear of the endings
   * with the reason `erased` and a user whose type and id are empty.
   *
   * Delete the account first, in the same transaction best (`sessions.in(client)`): nothing remains
   * that could refuse a sign-in which is still under way. Where ids are given anew, see `claimsFor`
   * too. What the user did to sessions of others keeps the `actor` you gave.
   *
   * @example
   * ```ts
   * import type { Sessions } from "rollcall";
   *
   * export async function deleteAccount(sessions: Sessions, id: number): Promise<void> {
   *   // … after the row of the account is gone
   *   await sessions.erase({ type: "user", id });
   * }
   * ```
   *
   * @throws SessionError `store_unavailable`.
   */
  erase(user: UserReference): Promise<number>;

  /**
   * Listens to events. With `"all"` (the default) also to those of other processes; each committed
   * event comes at least once, and what happened while this process was down is not replayed. In
   * a process that nobody has asked for a minute events begin with the read that this call sets
   * off. A listener that throws breaks nothing. Returns the function that stops it.
   */
  on<T extends SessionEventType | "*">(
    type: T,
    listener: (event: EventOf<T>) => void,
    options?: { readonly scope?: "all" | "own" },
  ): () => void;

  /** Forgets sessions whose absolute limit passed `olderThan` ago, with their events. @default "30d" */
  purge(options?: { readonly olderThan?: Duration }): Promise<number>;

  /** How well this process is informed. */
  health(): Health;

  /** The public keys of the ring (RFC 7517); empty with a plain secret. */
  jwks(): JsonWebKeySet;

  /** The ring of keys: that of `keys`, or one made of `secret`. */
  readonly keys: KeyRing;

  /**
   * Sign-ins and endings inside the caller's own transaction (Postgres): they take effect if and
   * only if it commits, and every process, this one included, learns of them by the commit. The first
   * access token of such a sign-in says so, and each process proves it once, by one read, before it
   * trusts it: before the commit, and after a rollback, it is `credential_invalid`. Not in
   * a transaction that is to be prepared (`PREPARE TRANSACTION`): Postgres refuses that with NOTIFY.
   *
   * @throws TypeError when the store cannot.
   */
  in(client: unknown): TransactionSessions;

  /** The same for SQLite, synchronous, inside the handle's own transaction. */
  inSync(): SyncTransactionSessions;

  /** Flushes last use and lets go of timers and listeners, never of the caller's database handle. */
  close(): Promise<void>;
}

/** What can take part in the caller's own transaction. */
export type TransactionSessions = Pick<
  Sessions,
  "start" | "revoke" | "revokeOthers" | "revokeAll" | "erase"
>;

/** {@link TransactionSessions}, synchronous; `claimsFor` must answer synchronously too. */
export interface SyncTransactionSessions {
  start(user: UserReference, options?: StartOptions): SignIn;
  revoke(user: UserReference, id: string, options?: RevokeOptions): Session | null;
  revokeOthers(user: UserReference, currentId: string, options?: RevokeOptions): number;
  revokeAll(user: UserReference, options?: RevokeOptions): number;
  erase(user: UserReference): number;
}

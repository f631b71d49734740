import type { ApiKeyMethods } from "./api-key-methods.js";
import type { SessionAssurance } from "./assurance-api.js";
import type { Refreshed, SignIn } from "./model/answers.js";
import type {
  ActAsOptions,
  FactorChangeOptions,
  RefreshOptions,
  RevokeOptions,
  StartOptions,
} from "./model/call-options.js";
import type { LogoutCredentials, Principal } from "./model/credentials.js";
import type { Devices } from "./model/devices.js";
import type { EventOf, SessionEventType } from "./model/events.js";
import type { JsonObject } from "./model/json.js";
import type { Actor } from "./model/session.js";
import type { Session } from "./model/session-view.js";
import type { UserReference } from "./model/user.js";
import type { Health } from "./process/health.js";
import type { PurgeOptions } from "./sessions-options.js";
import type { JsonWebKeySet } from "./tokens/key-entry.js";
import type { KeyRing } from "./tokens/key-ring.js";
import type { UserSessions } from "./user-sessions-api.js";

/** Session management for an application that has users and a login. Made by `createSessions`. */
export interface Sessions extends UserSessions, ApiKeyMethods, SessionAssurance {
  /**
   * Starts a session, after the application has authenticated the user.
   *
   * @throws SessionError `session_limit` (with `onLimit: "refuse"`), `credential_invalid` (`authenticatedAt`
   *   lies before the user's latest `revokeAll`, or `claimsFor` returned `null`), `store_unavailable`.
   * @throws TypeError naming the argument at fault.
   */
  start(user: UserReference, options?: StartOptions): Promise<SignIn>;

  /**
   * Lets whoever holds `principal` act as a user, as staff who help a customer do: starts a session of
   * the user whose tokens and list entry say who acts (`actor`; `act` of RFC 8693). Whether this person
   * may act as that user is yours to check before. The session may be idle for 15 minutes and lives
   * for an hour, but never longer than the session of `principal`, and ends with it, in the same
   * transaction (reason `actor_ended`). It does not count towards `maxPerUser`. When, how and how surely
   * somebody was authenticated is what it is in the session of `principal`.
   *
   * @example
   * ```ts
   * import type { Principal, Sessions } from "rollcall";
   *
   * export async function help(sessions: Sessions, staff: Principal, customer: number) {
   *   // … after you have checked that this member of the staff may
   *   return await sessions.actAs(staff, { type: "user", id: customer }, { reason: "ticket 4711" });
   * }
   * ```
   *
   * @throws SessionError `actor_forbidden` (`principal` acts for somebody already, or is an API key),
   *   `malformed_request` (as oneself), `credential_invalid` (the session of `principal` has ended, or
   *   `claimsFor` returned `null`), `store_unavailable`.
   * @throws TypeError naming the argument at fault.
   */
  actAs(principal: Principal, user: UserReference, options?: ActAsOptions): Promise<SignIn>;

  /**
   * Verifies an access token (a JWT in the shape of RFC 9068), or an API key. No I/O while this process
   * is up to date, except the first time it sees a token of a sign-in in your own transaction
   * ({@link Sessions.in}), and one read of each API key, again after `accessTokenTtl`.
   *
   * @throws SessionError `credential_invalid`, or `store_unavailable` when the database had to be asked
   *   and is away.
   */
  verify(accessToken: string): Promise<Principal>;

  /**
   * {@link Sessions.verify} without a promise, for code that runs on every request, where the extra
   * microtask costs more than the check itself. Returns `null` when the database has to be asked;
   * then call `verify`: `verifyNow(token) ?? (await verify(token))`.
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
  refresh(refreshToken: string, options?: RefreshOptions): Promise<Refreshed>;

  /**
   * Verifies a refresh token with one read, without rotating it: for places that cannot hand out a new
   * one, such as a page that cannot set cookies. It counts as a use: it keeps the session alive, and
   * a superseded token ends the session, as in {@link Sessions.refresh}.
   *
   * @throws SessionError as {@link Sessions.refresh}.
   */
  verifyRefreshToken(refreshToken: string): Promise<Principal>;

  /**
   * Ends the session of either token. Succeeds if the session has already ended. A superseded refresh
   * token ends it with the reason `refresh_token_reuse` and the event `session.reuse_detected`.
   *
   * @throws SessionError `credential_missing`, `credential_invalid`, `store_unavailable`.
   */
  logout(credentials: LogoutCredentials): Promise<void>;

  /**
   * Puts the application's own data of an active session in the place of what it had; `null` clears
   * it. Returns `null` when there is no such session. Writing what it has already writes nothing.
   *
   * What a request must know without I/O belongs into the claims: let `claimsFor` read
   * `session.metadata`, and call {@link Sessions.refreshClaims} after this.
   *
   * @example
   * ```ts
   * import type { Principal, Sessions } from "rollcall";
   *
   * export async function enter(sessions: Sessions, { user, sessionId }: Principal, team: string) {
   *   await sessions.update(user, sessionId, { metadata: { team } });
   *   await sessions.refreshClaims(user);
   * }
   * ```
   *
   * @throws SessionError `throttled` after 30 changes for a user within a minute in this process,
   *   because every process is told of each.
   * @throws TypeError when `metadata` is neither `null` nor a JSON object of at most 4 kB.
   */
  update(
    user: UserReference,
    id: string,
    changes: { readonly metadata: JsonObject | null },
    options?: { readonly actor?: Actor },
  ): Promise<Session | null>;

  /**
   * Has the claims of a user asked for anew, after something has changed that `claimsFor` answers, such
   * as a role. From its acknowledgement no process accepts an access token of the user that was issued
   * before, within the same bounds as after a revocation: such a token is refused with
   * `credential_invalid` and the reason `outdated`. No session ends and no signal aborts: clients
   * refresh and go on, and cookies are refreshed in passing. Returns how many sessions there are.
   *
   * Change the role first, or call this in the same transaction (`sessions.in(client)`).
   *
   * @example
   * ```ts
   * import type { Sessions } from "rollcall";
   *
   * declare function saveRole(id: string, role: string): Promise<void>;
   *
   * export async function setRole(sessions: Sessions, id: string, role: string): Promise<void> {
   *   await saveRole(id, role);
   *   await sessions.refreshClaims({ type: "user", id });
   * }
   * ```
   *
   * @throws SessionError `store_unavailable`.
   */
  refreshClaims(user: UserReference): Promise<number>;

  /**
   * Listens to events: with scope `"all"` (the default) those of every process, with `"own"` those of
   * this one. Each committed event is delivered at least once; events from before this call, or while
   * the process was down, are not replayed. In a process that had no requests for a minute, delivery
   * starts with the read that this call causes. Errors of listeners go to `onError`. Returns a function
   * that stops listening.
   */
  on<T extends SessionEventType | "*">(
    type: T,
    listener: (event: EventOf<T>) => void,
    options?: { readonly scope?: "all" | "own" },
  ): () => void;

  /**
   * Deletes sessions that are long over, with their events, and returns how many. Devices that nobody
   * has signed in on for 400 days are forgotten. With
   * `eventsOlderThan` it also deletes old events of sessions that are kept.
   *
   * @throws TypeError naming the option at fault.
   */
  purge(options?: PurgeOptions): Promise<number>;

  /** How up to date this process is. */
  health(): Health;

  /** The public keys of the ring (RFC 7517); empty with a plain secret. */
  jwks(): JsonWebKeySet;

  /** The devices that users sign in on, and "this wasn't me". */
  readonly devices: Devices;

  /** The ring of keys: that of `keys`, or one made of `secret`. */
  readonly keys: KeyRing;

  /**
   * Starts and ends sessions inside your own transaction (Postgres). They take effect if and only if it
   * commits, and every process, including this one, learns of them from the commit. Each process checks
   * the access token of such a sign-in with one read before it trusts it; until the commit, and after a
   * rollback, the token is `credential_invalid`. Does not work with `PREPARE TRANSACTION`, because
   * Postgres does not allow NOTIFY there.
   *
   * @throws TypeError when the store cannot.
   */
  in(client: unknown): TransactionSessions;

  /** The same for SQLite: synchronous, inside the open transaction of the handle. */
  inSync(): SyncTransactionSessions;

  /** Writes pending uses and releases timers and listeners. Your database handle stays open. */
  close(): Promise<void>;
}

/** The methods that can take part in your own transaction. */
export type TransactionSessions = Pick<
  Sessions,
  "start" | "refreshClaims" | "revoke" | "revokeOthers" | "revokeAll" | "onFactorChange" | "erase"
>;

/** {@link TransactionSessions}, synchronous; `claimsFor` must answer synchronously too. */
export interface SyncTransactionSessions {
  start(user: UserReference, options?: StartOptions): SignIn;
  refreshClaims(user: UserReference): number;
  revoke(user: UserReference, id: string, options?: RevokeOptions): Session | null;
  revokeOthers(user: UserReference, currentId: string, options?: RevokeOptions): number;
  revokeAll(user: UserReference, options?: RevokeOptions): number;
  onFactorChange(user: UserReference, options?: FactorChangeOptions): number;
  erase(user: UserReference): number;
}

import type { SessionPage } from "./model/answers.js";
import type { RevokeOptions } from "./model/call-options.js";
import type { Actor } from "./model/session.js";
import type { Session } from "./model/session-view.js";
import type { UserReference } from "./model/user.js";

/** The sessions of a user: which there are, their names, and how to end them. A part of `Sessions`. */
export interface UserSessions {
  /**
   * The user's sessions that are neither revoked nor expired, newest sign-in first.
   *
   * @throws SessionError `malformed_request` for a bad cursor or limit (1 to 100).
   */
  list(
    user: UserReference,
    page?: { readonly limit?: number; readonly cursor?: string },
  ): Promise<SessionPage>;

  /** One session of the user, even if it has ended; `null` when there is none. */
  get(user: UserReference, id: string): Promise<Session | null>;

  /**
   * Gives an active session a name (1 to 64 characters after trimming), or clears it with `null`. With
   * a `deviceId` the name is that of the device: its other sessions have it too, and later ones.
   * Returns `null` when there is no such session. Setting the name it already has writes nothing.
   *
   * @throws SessionError `malformed_request` for a bad name; `throttled` after 30 renames of a
   *   user within a minute in this process, because every process is told of each.
   */
  rename(
    user: UserReference,
    id: string,
    name: string | null,
    options?: { readonly actor?: Actor },
  ): Promise<Session | null>;

  /** Ends one session. Returns the session as it is now; `null` when the user has none with that id. */
  revoke(user: UserReference, id: string, options?: RevokeOptions): Promise<Session | null>;

  /** Ends all of the user's sessions except one. Returns how many. */
  revokeOthers(user: UserReference, currentId: string, options?: RevokeOptions): Promise<number>;

  /** Ends all of the user's sessions, and refuses sign-ins that were authenticated before now. Returns how many. */
  revokeAll(user: UserReference, options?: RevokeOptions): Promise<number>;

  /**
   * Ends all of a user's sessions and erases all data about the user, for an account that is deleted.
   * Returns how many sessions there were, including ended ones. Rows without any personal data remain
   * until the access tokens have expired, so that every process refuses those, even one that starts
   * later. Listeners receive events with the reason `erased` and an empty user type and id.
   *
   * Delete the account first, ideally in the same transaction (`sessions.in(client)`), because after
   * this call nothing remains that could refuse a sign-in in progress. If you reuse user ids, see
   * `claimsFor`. What the user did to other people's sessions keeps the `actor` you passed.
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
}

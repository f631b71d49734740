import type { SignIn } from "./model/answers.js";
import type { FactorChangeOptions, ReauthenticateOptions } from "./model/call-options.js";
import type { Principal } from "./model/credentials.js";
import type { UserReference } from "./model/user.js";

/** How sure an application is of its users. A part of `Sessions`. */
export interface SessionAssurance {
  /** The names of `levels`, lowest first. */
  readonly levels: readonly string[];

  /**
   * Notes that the application has authenticated the user again within the session: by a password
   * before something irreversible, or by a second factor to reach a higher level. The session keeps
   * its id, name and device. It gets a new pair of tokens, and the former ones are refused from now
   * on, in every process within the same bounds as after a revocation.
   *
   * A former refresh token is refused and ends nothing, so whoever copied it before gets nothing by
   * it (ASVS 7.2.4). If the answer is lost, the user signs in again. Of two calls at once for one
   * session one succeeds.
   *
   * @example
   * ```ts
   * import type { Principal, Sessions, SignIn } from "rollcall";
   *
   * declare function isRightCode(userId: string, code: string): Promise<boolean>;
   *
   * export async function stepUp(sessions: Sessions, caller: Principal, code: string): Promise<SignIn | null> {
   *   const authenticatedAt = new Date();
   *   if (!(await isRightCode(caller.user.id, code))) return null;
   *   return await sessions.reauthenticate(caller, { methods: ["pwd", "otp"], level: "aal2", authenticatedAt });
   * }
   * ```
   *
   * @throws SessionError `credential_invalid` (the session has ended or was re-authenticated meanwhile,
   *   or `authenticatedAt` lies before the user's latest `revokeAll` or `onFactorChange`),
   *   `reauthentication_required` (the limit of the level has passed since `authenticatedAt`),
   *   `actor_forbidden` (somebody acts as the user), `kind_forbidden` (it is an API key), `store_unavailable`.
   * @throws TypeError naming the option at fault.
   */
  reauthenticate(principal: Principal, options: ReauthenticateOptions): Promise<SignIn>;

  /**
   * For a change of the password or of a second factor: ends the user's other sessions with the reason
   * `factor_changed`, and refuses sign-ins and re-authentications that were proven before now, such as
   * one with the old password that is still under way. Returns how many sessions it ended.
   *
   * @example
   * ```ts
   * import type { Principal, Sessions } from "rollcall";
   *
   * declare function savePassword(userId: string, password: string): Promise<void>;
   *
   * export async function changePassword(sessions: Sessions, caller: Principal, password: string): Promise<void> {
   *   await savePassword(caller.user.id, password);
   *   await sessions.onFactorChange(caller.user, { keep: caller.sessionId });
   * }
   * ```
   *
   * @throws SessionError `store_unavailable`.
   * @throws TypeError naming the option at fault.
   */
  onFactorChange(user: UserReference, options?: FactorChangeOptions): Promise<number>;
}

import type { CreatedApiKey } from "./model/answers.js";
import type { ApiKeyOptions } from "./model/api-key-options.js";
import type { UserReference } from "./model/user.js";

/** What a session manager has for API keys. */
export interface ApiKeyMethods {
  /**
   * Makes an API key of the user: a session that is one long token, for a program that acts as them. It
   * is listed beside the user's devices, and can be named and ended like them. See docs/api-keys.md.
   *
   * @example
   * ```ts
   * import type { Sessions } from "rollcall";
   *
   * export async function keyForBuilds(sessions: Sessions, id: number): Promise<string> {
   *   const scopes = ["builds:read"];
   *   const key = await sessions.createApiKey({ type: "user", id }, { name: "CI", scopes });
   *   return key.token; // acme_…, to be shown once
   * }
   * ```
   *
   * @throws SessionError `malformed_request` for a bad name, bad scopes or an end that has passed;
   *   `credential_invalid` if `provenBy` has ended or `claimsFor` returned `null`; `kind_forbidden` if
   *   it is an API key itself, `actor_forbidden` if it acts for somebody else; `session_limit`;
   *   `throttled`; `store_unavailable`.
   * @throws TypeError naming the argument at fault.
   */
  createApiKey(user: UserReference, options: ApiKeyOptions): Promise<CreatedApiKey>;

  /** The `kinds` whose sessions are API keys. */
  readonly apiKeyKinds: readonly string[];
}

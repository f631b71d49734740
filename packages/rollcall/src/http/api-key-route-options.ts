import { isObject } from "../core/model/argument.js";
import { isScope } from "../core/model/scope.js";
import type { Sessions } from "../core/sessions-api.js";

/** Which API keys people may make for themselves. */
export interface ApiKeyRouteOptions {
  /**
   * The kind of the keys: one of `kinds` of `createSessions` with `refresh: false`.
   * @default the only one there is
   * @remarks When there are several.
   */
  readonly kind?: string;
  /**
   * The scopes that may be asked for, such as `["orders:read", "orders:write"]`.
   */
  readonly scopes: readonly string[];
}

/** @throws TypeError naming the option at fault. */
export function readApiKeys(
  options: ApiKeyRouteOptions | undefined,
  { apiKeyKinds }: Sessions,
): Required<ApiKeyRouteOptions> | null {
  if (options === undefined) return null;
  if (!isObject(options)) {
    throw new TypeError('apiKeys must be an object, such as { scopes: ["orders:read"] }');
  }
  const { scopes, kind = apiKeyKinds.length === 1 ? apiKeyKinds[0] : undefined } = options;
  if (kind === undefined || !apiKeyKinds.includes(kind)) {
    throw new TypeError(
      "apiKeys.kind must be one of the kinds of createSessions that have refresh: false",
    );
  }
  if (!Array.isArray(scopes) || !scopes.every(isScope)) {
    throw new TypeError('apiKeys.scopes must be an array of scopes, such as ["orders:read"]');
  }
  return Object.freeze({ kind, scopes: Object.freeze([...scopes]) });
}

import type { Principal } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";
import type { CallerRequirements } from "./guard-options.js";

/**
 * The principal, if it may pass.
 *
 * @throws SessionError `user_type_forbidden`, `kind_forbidden`, `actor_forbidden`, `insufficient_scope`.
 */
export function requireCaller(principal: Principal, required: CallerRequirements): Principal {
  const { types, kinds, actors = true } = required;
  if (types !== undefined && !types.includes(principal.user.type)) {
    throw new SessionError("user_type_forbidden");
  }
  const { kind } = principal;
  if (kinds !== undefined && (kind === null || !kinds.includes(kind))) {
    throw new SessionError("kind_forbidden");
  }
  if (!actors && principal.actor !== null) throw new SessionError("actor_forbidden");
  if (principal.scopes !== null) requireScopes(principal.scopes, required);
  return principal;
}

/** What was written before there were API keys must not let one pass: so somebody has to ask for them. */
function requireScopes(held: readonly string[], { kinds, scopes }: CallerRequirements): void {
  if (scopes === undefined) {
    if (kinds === undefined) throw new SessionError("kind_forbidden");
    return;
  }
  if (scopes.every((scope) => held.includes(scope))) return;
  throw new SessionError("insufficient_scope", { scopes });
}

/** For routes on which only people may act: an API key acts for a program. */
export function requireNoApiKey(principal: Principal): Principal {
  if (principal.scopes !== null) throw new SessionError("kind_forbidden");
  return principal;
}

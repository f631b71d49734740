import type { Principal } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";
import type { CallerRequirements } from "./guard-options.js";

/**
 * The principal, if it may pass.
 *
 * @throws SessionError `user_type_forbidden`, `kind_forbidden`, `actor_forbidden`.
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
  return principal;
}

import { toUser, type User } from "../core/user.js";
import type { Auth } from "./auth-model.js";

/** A model as the core knows its user. */
export function userOf({ userType, id }: Pick<Auth, "userType" | "id">): User {
  return toUser({ type: userType, id });
}

import type { User } from "rollcall";
import type { Auth } from "./auth-model.js";

/** A model as the core knows its user. */
export function userOf({ userType, id }: Pick<Auth, "userType" | "id">): User {
  return { type: userType, id: String(id) };
}

/** Whether two references name one user. */
export function isSameUser(one: User, other: User): boolean {
  return one.type === other.type && one.id === other.id;
}

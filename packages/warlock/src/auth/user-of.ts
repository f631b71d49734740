import type { User, UserReference } from "rollcall";

/** What of a model names its user. */
export interface UserIdentity {
  readonly userType: string;
  readonly id: string | number;
}

/** A model as Rollcall knows its user. The id is passed on as it is, for Rollcall to check. */
export function userOf({ userType, id }: UserIdentity): UserReference {
  return { type: userType, id };
}

/** Whether a session is that of a model's user. `7` and `"7"` are one id, as in Rollcall. */
export function isUserOf(model: UserIdentity, { type, id }: User): boolean {
  return type === model.userType && id === String(model.id);
}

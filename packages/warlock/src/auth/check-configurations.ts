import { refuseUnknown } from "../core/known-keys.js";
import type { AuthConfigurations } from "./configurations.js";
import { readShownColumns } from "./shown-columns.js";

const ACCESS = ["secret", "expiresIn", "algorithm", "model"];
const REFRESH = [
  "secret",
  "enabled",
  "expiresIn",
  "maxPerUser",
  "rotation",
  "model",
  "logoutWithoutToken",
];
/** What Rollcall takes for the type of a user. */
const USER_TYPE = /^[A-Za-z0-9_.:-]{1,64}$/;
const BEHAVIORS: readonly unknown[] = ["revoke-all", "error"];

/**
 * The configuration as code without types may have it: whatever would be taken for something else
 * later, or for nothing, is refused here.
 *
 * @throws TypeError naming what is wrong.
 */
export function checkConfigurations(auth: AuthConfigurations): void {
  refuseUnknown(auth, ["userType", "accessToken", "refreshToken", "jwt", "password"], "auth");
  checkUserTypes(auth.userType);
  checkBlock(auth.accessToken, ACCESS, "auth.accessToken");
  checkBlock(auth.refreshToken, REFRESH, "auth.refreshToken");
  checkBlock(auth.jwt, [...ACCESS, "refresh"], "auth.jwt");
  checkBlock(auth.jwt?.refresh, REFRESH, "auth.jwt.refresh");
  checkBlock(auth.password, ["salt"], "auth.password");
}

function checkUserTypes(userType: AuthConfigurations["userType"]): void {
  if (typeof userType !== "object" || userType === null || Array.isArray(userType)) {
    throw new TypeError("auth.userType must be an object with the model of each user type");
  }
  for (const [type, model] of Object.entries(userType)) {
    const where = `auth.userType.${type}`;
    if (!USER_TYPE.test(type)) {
      throw new TypeError(
        `${where}: a user type must be 1 to 64 characters of A-Z a-z 0-9 _ . : -`,
      );
    }
    if (typeof model?.find !== "function") {
      throw new TypeError(`${where} must be a user model, with a static find(id)`);
    }
    readShownColumns(model);
  }
}

function checkBlock(block: unknown, known: readonly string[], where: string): void {
  if (block === undefined) return;
  if (typeof block !== "object" || block === null)
    throw new TypeError(`${where} must be an object`);
  refuseUnknown(block, known, where);
  for (const name of ["enabled", "rotation"]) {
    const value: unknown = Reflect.get(block, name);
    if (value !== undefined && typeof value !== "boolean") {
      throw new TypeError(`${where}.${name} must be true or false`);
    }
  }
  const behavior: unknown = Reflect.get(block, "logoutWithoutToken");
  if (behavior !== undefined && !BEHAVIORS.includes(behavior)) {
    throw new TypeError(`${where}.logoutWithoutToken must be "revoke-all" or "error"`);
  }
}

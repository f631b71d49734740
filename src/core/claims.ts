import { checkExtraClaims } from "./access-token.js";
import type { Core } from "./core.js";
import { unavailable } from "./errors.js";
import type { JsonObject } from "./json.js";
import type { User } from "./user.js";

const NONE: JsonObject = Object.freeze({});

/**
 * What the application adds to the user's access tokens; `null` when the user is gone. Its failure
 * is a failure to know, so a 503, never a sign-out.
 */
export async function claimsOf(core: Core, user: User): Promise<JsonObject | null> {
  const { claimsFor } = core.settings;
  if (claimsFor === null) return NONE;
  const claims = await core.ask(async () => {
    try {
      return await claimsFor(user);
    } catch (error) {
      throw unavailable(error);
    }
  });
  return checked(claims);
}

/** The same for places that cannot wait. @throws TypeError when `claimsFor` is asynchronous. */
export function claimsOfSync(core: Core, user: User): JsonObject | null {
  const { claimsFor } = core.settings;
  if (claimsFor === null) return NONE;
  const claims = claimsFor(user);
  if (claims instanceof Promise) {
    throw new TypeError("claimsFor must answer synchronously for inSync().start()");
  }
  return checked(claims);
}

function checked(claims: JsonObject | null): JsonObject | null {
  if (claims !== null) checkExtraClaims(claims);
  return claims;
}

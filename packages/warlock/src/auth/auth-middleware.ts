import { SessionError } from "rollcall";
import type { Response } from "../core/response.js";
import type { Middleware } from "../core/route.js";
import { finderOf, running } from "../state.js";
import { decodedOf, verifyAccessToken } from "./access-token.js";
import type { AuthUser } from "./user.js";

/**
 * Lets pass who is signed in with one of these user types; `[]` means any. Without an argument it
 * also lets pass who shows no token: `request.user` is `undefined` then.
 *
 * @throws TypeError for what is neither a user type nor an array of them: nothing lets everybody
 *   pass by mistake, such as `undefined` in place of a type.
 */
export function authMiddleware(...given: [types?: string | readonly string[]]): Middleware {
  const allowed = typesOf(given);
  const letsGuestsPass = given.length === 0;
  return async (request, response) => {
    try {
      const token = request.authorizationValue;
      if (token === "") {
        if (!letsGuestsPass) throw new SessionError("credential_missing");
        request.clearCurrentUser();
        return undefined;
      }
      const principal = await verifyAccessToken(token);
      const { type, id } = principal.user;
      if (allowed.length > 0 && !allowed.includes(type)) {
        throw new SessionError("user_type_forbidden");
      }
      const finder = finderOf(running().models, type);
      const user: AuthUser | null | undefined = await finder?.find(id);
      // The user is gone, or the type is no longer one of the application's.
      if (!user) throw new SessionError("credential_invalid");
      request.user = user;
      request.decodedAccessToken = decodedOf(token, principal, user.id);
      return undefined;
    } catch (error) {
      request.clearCurrentUser();
      return refusal(error, response);
    }
  };
}

/** A copy: who empties the array later opens nothing. */
function typesOf(given: readonly unknown[]): readonly string[] {
  const [types] = given;
  if (given.length === 0) return [];
  const list: unknown = typeof types === "string" ? [types] : types;
  const isKnown = given.length === 1 && Array.isArray(list) && [...list].every(isUserType);
  if (isKnown) return [...list];
  throw new TypeError(
    'authMiddleware takes a user type or an array of them, such as "admin" or ["admin", "staff"]; ' +
      "[] lets every signed-in user pass",
  );
}

const isUserType = (type: unknown): boolean => typeof type === "string" && type !== "";

/** Given back rather than thrown, for code that puts a guard of its own around this one. */
function refusal(error: unknown, response: Response): Response {
  // That the database is away is no refusal.
  if (!(error instanceof SessionError) || error.status === 503) throw error;
  const { headers } = running().http.errorResponse(error);
  const challenge = headers.get("WWW-Authenticate");
  if (challenge !== null) response.header("WWW-Authenticate", challenge);
  return response.send({ error: error.message, errorCode: error.errorCode }, error.status);
}

import { SessionError } from "../core/errors.js";
import { context } from "./context.js";
import type { Middleware } from "./route.js";

/** Lets pass who is signed in with one of these user types; `[]` means any. */
export function authMiddleware(types: string | readonly string[] = []): Middleware {
  const allowed = typeof types === "string" ? [types] : types;
  return async (request, _response) => {
    const { http, auth } = context();
    const options = allowed.length === 0 ? {} : { types: allowed };
    const principal =
      http.authenticateNow(request.web, options) ?? (await http.authenticate(request.web, options));
    const user = await auth.userType[principal.user.type]?.find(principal.user.id);
    // The user is gone, or the type is no longer one of the application's.
    if (!user) throw new SessionError("credential_invalid");
    request.user = user;
    request["decodedAccessToken"] = { id: principal.user.id, userType: principal.user.type };
    return undefined;
  };
}

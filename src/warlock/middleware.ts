import { SessionError } from "../core/errors.js";
import { AuthErrorCodes } from "./configurations.js";
import { context } from "./context.js";
import type { Middleware } from "./router.js";

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
    return undefined;
  };
}

/** Options of {@link loginThrottleMiddleware}. */
export interface LoginThrottleOptions {
  /** @default 5 */
  readonly maxAttempts?: number;
  /** In seconds. @default 60 */
  readonly windowSeconds?: number;
}

/** More than this many addresses are not remembered: the oldest go. */
const MOST_REMEMBERED = 100_000;

/** Answers 429 EC004 to an address that tries too often; each process counts for itself. */
export function loginThrottleMiddleware(options: LoginThrottleOptions = {}): Middleware {
  const { maxAttempts = 5, windowSeconds = 60 } = options;
  const tries = new Map<string, { count: number; readonly until: number }>();
  return (request, response) => {
    const key = request.ip ?? "unknown";
    const now = performance.now();
    let known = tries.get(key);
    if (known === undefined || now >= known.until) {
      tries.delete(key);
      known = { count: 0, until: now + windowSeconds * 1000 };
      tries.set(key, known);
      const [oldest] = tries.size > MOST_REMEMBERED ? tries.keys() : [];
      if (oldest !== undefined) tries.delete(oldest);
    }
    known.count += 1;
    if (known.count <= maxAttempts) return undefined;
    const seconds = Math.max(1, Math.ceil((known.until - now) / 1000));
    const errorCode = AuthErrorCodes.TooManyAttempts;
    return response
      .header("Retry-After", String(seconds))
      .tooManyRequests({ error: "Too many attempts", errorCode });
  };
}

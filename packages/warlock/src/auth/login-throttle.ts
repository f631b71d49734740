import type { Middleware } from "../core/route.js";
import { createAttempts } from "./attempts.js";
import { AuthErrorCodes } from "./auth-error-codes.js";
import { identifiersOf, isAddress } from "./login-identifiers.js";
import { type LoginThrottleOptions, readThrottleOptions } from "./login-throttle-options.js";

/**
 * Answers 429 EC004 when too many sign-ins have failed, until the lock-out is over. Each attempt
 * takes one of `max` places before it is made, so that of many that arrive at once no more than
 * `max` are tried. A sign-in that succeeds gives its place back and clears the failures of its
 * account. Each process counts for itself, and so does each middleware that this makes: give one to
 * all the routes that check the same passwords. Needs the package `rate-limiter-flexible`.
 *
 * @throws TypeError naming the option at fault, or the package that is not installed.
 */
export function loginThrottleMiddleware(options: LoginThrottleOptions = {}): Middleware {
  const terms = readThrottleOptions(options);
  const attempts = createAttempts(terms);
  return async (request, response) => {
    const taken: string[] = [];
    for (const identifier of await identifiersOf(request, terms)) {
      const wait = await attempts.take(identifier);
      if (wait === null) {
        taken.push(identifier);
        continue;
      }
      // An attempt that is not made counts for nothing.
      for (const other of taken) await attempts.giveBack(other, false);
      response.header("Retry-After", String(Math.max(1, Math.ceil(wait / 1000))));
      const errorCode = AuthErrorCodes.TooManyAttempts;
      return response.tooManyRequests({ error: terms.errorMessage, errorCode });
    }
    response.onSent(async (sent) => {
      // If this throws, nobody knows how it ended: the places stay taken.
      const isSuccess = (await terms.isFailure(sent)) === false;
      for (const identifier of taken) {
        if (isSuccess) await attempts.giveBack(identifier, !isAddress(identifier));
        else await attempts.fail(identifier);
      }
    });
    return undefined;
  };
}

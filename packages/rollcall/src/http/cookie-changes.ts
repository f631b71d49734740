import type { Clock } from "../core/process/clock.js";
import type { CookieTokens } from "./cookies.js";
import type { RequestHead } from "./request-head.js";

/** The `Set-Cookie` values that an answer owes its request. */
export interface CookieChange {
  readonly cookies: readonly string[];
  /** On the monotonic clock: later, the pair may be older than what the client has by then. */
  readonly until: number;
}

/**
 * What has become of the cookies of requests whose answers have not gone out yet. Frameworks may hand
 * their handlers a copy of the request (React Router does), so a change is found by the request it was
 * noted for and otherwise, once, by the token that both brought: whoever holds that gets the same
 * answer by presenting it.
 */
export interface CookieChanges {
  note(request: RequestHead, tokens: CookieTokens, change: CookieChange): void;
  /** The answer sets cookies in another way. */
  drop(request: RequestHead, tokens: CookieTokens): void;
  /** `tokens`: those that the request brought, read only where they are needed. */
  of(request: RequestHead, tokens: () => CookieTokens): CookieChange | undefined;
}

/** Copies whose answers never come are forgotten, the oldest first. */
const MOST_WAITING = 1000;

export function createCookieChanges(clock: Clock): CookieChanges {
  const byRequest = new WeakMap<RequestHead, CookieChange>();
  const byToken = new Map<string, CookieChange>();

  const sweep = (): void => {
    const now = clock.monotonic();
    for (const [token, { until }] of byToken) {
      if (byToken.size <= MOST_WAITING && until >= now) return;
      byToken.delete(token);
    }
  };

  return {
    note(request, tokens, change) {
      byRequest.set(request, change);
      const token = tokenOf(tokens);
      if (token === undefined) return;
      byToken.delete(token);
      byToken.set(token, change);
      sweep();
    },
    drop(request, tokens) {
      byRequest.delete(request);
      byToken.delete(tokenOf(tokens) ?? "");
    },
    of(request, tokens) {
      const own = byRequest.get(request);
      if (byToken.size === 0) return own;
      const token = tokenOf(tokens()) ?? "";
      const change = own ?? byToken.get(token);
      if (change === undefined) return undefined;
      // It is on its way: another request with the same cookies needs none of it.
      if (byToken.get(token) === change) byToken.delete(token);
      byRequest.set(request, change);
      return change;
    },
  };
}

/** Where names occur twice, nothing tells one browser from another. */
function tokenOf({ refreshToken, accessToken, contested }: CookieTokens): string | undefined {
  return contested === null ? (refreshToken ?? accessToken) : undefined;
}

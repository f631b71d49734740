import type { Clock } from "../core/process/clock.js";
import type { CookieTokens } from "./cookies.js";
import type { RequestHead } from "./request-head.js";

/** The `Set-Cookie` values to send with the response to a request. */
export interface CookieChange {
  readonly cookies: readonly string[];
  /** On the monotonic clock. After this, the client may already hold a newer pair. */
  readonly until: number;
}

/**
 * Cookie changes of requests that have not been answered yet. Some frameworks give handlers a copy
 * of the request (React Router does). So a change is found by its request, or else, once, by the
 * token that the request and its copy have in common. That is safe: whoever holds this token gets
 * the same pair by presenting it.
 */
export interface CookieChanges {
  note(request: RequestHead, tokens: CookieTokens, change: CookieChange): void;
  /** The response sets these cookies in another way. */
  drop(request: RequestHead, tokens: CookieTokens): void;
  /** `tokens`: those of the request, read only if they are needed. */
  of(request: RequestHead, tokens: () => CookieTokens): CookieChange | undefined;
}

/** Entries of copies that are never answered are dropped, the oldest first. */
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
      // It is being sent, so another request with the same cookies does not need it.
      if (byToken.get(token) === change) byToken.delete(token);
      byRequest.set(request, change);
      return change;
    },
  };
}

/** Cookies that occur twice do not identify a browser. */
function tokenOf({ refreshToken, accessToken, contested }: CookieTokens): string | undefined {
  return contested === null ? (refreshToken ?? accessToken) : undefined;
}

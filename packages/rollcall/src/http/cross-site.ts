import { SessionError } from "../core/model/errors.js";
import type { HttpSettings } from "./options.js";
import type { RequestHead } from "./request-head.js";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses requests that another site may have caused, since browsers send cookies with those too.
 * Either `Sec-Fetch-Site` is `same-origin`, or `Origin` is allowed; a request with neither header
 * is refused. Reads may come from anywhere, since other origins cannot see the response.
 *
 * @throws SessionError `cross_site`.
 */
export function requireSameSite(request: RequestHead, settings: HttpSettings): void {
  if (SAFE.has(request.method) && !opensSocket(request)) return;
  if (request.headers.get("sec-fetch-site") === "same-origin") return;
  const origin = request.headers.get("origin");
  if (origin !== null && isAllowed(origin, settings)) return;
  throw new SessionError("cross_site");
}

/**
 * A WebSocket begins with a GET (RFC 6455 §4.1). Any page may open one and read from it: neither
 * the same-origin policy nor CORS applies. Over HTTP/2 it is a CONNECT (RFC 8441 §4), which is not
 * a safe method anyway.
 */
function opensSocket({ headers }: RequestHead): boolean {
  return (
    /\bwebsocket\b/i.test(headers.get("upgrade") ?? "") ||
    headers.get("sec-websocket-version") !== null ||
    headers.get("sec-fetch-mode") === "websocket"
  );
}

function isAllowed(origin: string, settings: HttpSettings): boolean {
  return origin === settings.ownOrigin || settings.origins.has(origin);
}

/**
 * Refuses to begin, raise or end a session for a request that the user may not have intended: browsers,
 * crawlers and mail scanners follow links ahead of time, and any site can embed one (RFC 9110
 * §9.2.1).
 *
 * @param isProven The application has checked by itself that the user meant this request.
 * @throws TypeError for a safe method, since the route is wrong.
 * @throws SessionError `cross_site` for a prefetch.
 */
export function requireIntent(
  { method, headers }: RequestHead,
  verb: "signIn" | "signOut" | "reauthenticate" | "actAs" | "stopActing",
  isProven = false,
): void {
  if (SAFE.has(method.toUpperCase()) && !isProven) {
    const remedy =
      verb !== "signIn"
        ? ""
        : ". In the callback of an identity provider, check its state, nonce or InResponseTo, and " +
          'then pass { csrf: "verified" }';
    throw new TypeError(
      `${verb} must not be behind ${method}: browsers fetch links ahead of time, and other sites ` +
        `can embed them. Put it behind POST, from a form or a script${remedy}`,
    );
  }
  const purpose = ["sec-purpose", "purpose", "x-moz"].map((name) => headers.get(name) ?? "");
  if (/\bprefetch\b/i.test(purpose.join())) {
    throw new SessionError("cross_site", { message: "A prefetch must not sign anyone in or out" });
  }
}

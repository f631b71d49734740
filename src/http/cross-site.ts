import { SessionError } from "../core/errors.js";
import type { HttpSettings } from "./options.js";
import type { RequestHead } from "./request-head.js";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a method may change state. */
export function changesState(request: RequestHead): boolean {
  return !SAFE.has(request.method);
}

/**
 * Refuses a state change that another site may have caused: cookies go along whoever asks. Fetch
 * metadata tells who did, and where it is missing the Origin does; where both are, nothing does.
 *
 * @throws SessionError `cross_site`.
 */
export function requireSameSite(request: RequestHead, settings: HttpSettings): void {
  if (!changesState(request)) return;
  if (request.headers.get("sec-fetch-site") === "same-origin") return;
  const origin = request.headers.get("origin");
  if (origin !== null && isAllowed(origin, settings)) return;
  throw new SessionError("cross_site");
}

function isAllowed(origin: string, settings: HttpSettings): boolean {
  return origin === settings.ownOrigin || settings.origins.has(origin);
}

/** What CORS adds to an answer (Fetch §3.3.4): exact origins only, with credentials. */
export function addCors(request: RequestHead, headers: Headers, settings: HttpSettings): void {
  if (settings.origins.size === 0) return;
  headers.append("Vary", "Origin");
  const origin = request.headers.get("origin");
  if (origin === null || !settings.origins.has(origin)) return;
  headers.set("Access-Control-Allow-Origin", origin);
  headers.set("Access-Control-Allow-Credentials", "true");
  headers.set("Access-Control-Expose-Headers", "Retry-After, WWW-Authenticate");
}

/** The answer to a preflight, or to a plain OPTIONS. */
export function preflight(methods: readonly string[]): Response {
  const list = methods.join(", ");
  return new Response(null, {
    status: 204,
    headers: {
      Allow: list,
      "Access-Control-Allow-Methods": list,
      "Access-Control-Allow-Headers": "Authorization, Content-Type",
      "Access-Control-Max-Age": "600",
      "Cache-Control": "no-store",
    },
  });
}

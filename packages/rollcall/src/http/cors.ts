import type { HttpSettings } from "./options.js";
import type { RequestHead } from "./request-head.js";

/** Adds the CORS headers (Fetch §3.3.4): for exact origins only, with credentials. */
export function addCors(request: RequestHead, headers: Headers, settings: HttpSettings): void {
  if (settings.origins.size === 0) return;
  headers.append("Vary", "Origin");
  const origin = request.headers.get("origin");
  if (origin === null || !settings.origins.has(origin)) return;
  headers.set("Access-Control-Allow-Origin", origin);
  headers.set("Access-Control-Allow-Credentials", "true");
  headers.set("Access-Control-Expose-Headers", "Retry-After, WWW-Authenticate");
}

/**
 * The response to a preflight, or to a plain OPTIONS. All requested headers are allowed: tracing
 * adds its own (`traceparent`, `sentry-trace`), and none of them is a credential. Browsers honour
 * this only beside an allowed origin.
 */
export function preflight(request: RequestHead, methods: readonly string[]): Response {
  const list = methods.join(", ");
  const asked = request.headers.get("access-control-request-headers") ?? "";
  return new Response(null, {
    status: 204,
    headers: {
      Allow: list,
      "Access-Control-Allow-Methods": list,
      "Access-Control-Allow-Headers": NAMES.test(asked) ? asked : "Authorization, Content-Type",
      "Access-Control-Max-Age": "600",
      "Cache-Control": "no-store",
      Vary: "Access-Control-Request-Headers",
    },
  });
}

/** Field names (RFC 9110 §5.1), with commas between. */
const NAMES = /^[\w!#$%&'*+.^`|~-]+(?: ?, ?[\w!#$%&'*+.^`|~-]+)*$/;

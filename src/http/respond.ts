import { SessionError } from "../core/errors.js";

/** JSON, never stored by anybody on the way (CONTRACT 1). */
export function json(body: unknown, status = 200, headers: HeadersInit = {}): Response {
  const response = Response.json(body, { status, headers });
  response.headers.set("Cache-Control", "no-store");
  return response;
}

/** CONTRACT 1: one answer for every id that is not one of the caller's sessions. */
export function sessionNotFound(): Response {
  return json({ error: "Session not found" }, 404);
}

/** The one mapping of errors to HTTP. What is no {@link SessionError} says nothing about itself. */
export function errorResponse(error: unknown): Response {
  const known = error instanceof SessionError ? error : new SessionError("internal");
  const headers = new Headers();
  if (known.code === "credential_missing") headers.set("WWW-Authenticate", "Bearer");
  if (known.code === "credential_invalid") {
    headers.set("WWW-Authenticate", 'Bearer error="invalid_token"');
  }
  if (known.status === 429 || known.status === 503) {
    headers.set("Retry-After", String(Math.max(1, Math.ceil(known.retryAfter ?? 1))));
  }
  return json({ error: known.message, errorCode: known.errorCode }, known.status, headers);
}

/** `POST /auth/refresh` tells no cause, so its text is its own (CONTRACT 1). */
export function refreshErrorResponse(error: unknown): Response {
  const response = errorResponse(error);
  if (response.status !== 401) return response;
  const body = { error: "Invalid refresh token", errorCode: "EC002" };
  return json(body, 401, { "WWW-Authenticate": 'Bearer error="invalid_token"' });
}

import { invalid, SessionError } from "../core/model/errors.js";

/** A JSON response that no cache stores (contract §1.1). */
export function json(body: unknown, status = 200, headers: HeadersInit = {}): Response {
  const response = Response.json(body, { status, headers });
  response.headers.set("Cache-Control", "no-store");
  return response;
}

/** Sends a browser to another page of this origin, by GET (RFC 9110 §15.4.4). */
export function seeOther(location: string): Response {
  const headers = { Location: location, "Cache-Control": "no-store" };
  return new Response(null, { status: 303, headers });
}

/** Contract §1.5: one answer for every id that is not one of the caller's sessions. */
export function sessionNotFound(): Response {
  return json({ error: "Session not found" }, 404);
}

/** Maps errors to HTTP. Anything but a {@link SessionError} reveals no detail. */
export function errorResponse(error: unknown): Response {
  const known = error instanceof SessionError ? error : new SessionError("internal");
  const { message, errorCode, sessionEnded, required, status, headers } = known;
  // As JSON leaves out what is undefined.
  return json({ error: message, errorCode, sessionEnded, required }, status, headers);
}

/**
 * `POST /auth/refresh` does not tell the cause, so it has a message of its own (contract §1.10).
 */
export function refreshErrorResponse(error: unknown): Response {
  const response = errorResponse(error);
  if (response.status !== 401) return response;
  const sessionEnded = error instanceof SessionError ? error.sessionEnded : undefined;
  const body = { error: "Invalid refresh token", errorCode: "EC002", sessionEnded };
  return json(body, 401, invalid("unknown").headers);
}

import type { ClientError } from "../client/client-error.js";

/** Why something could not be done, as far as it makes a difference to the person. */
export type Problem = "unreachable" | "throttled" | "reauthenticate" | "signed-out" | "failed";

/** Reads a problem out of what a `Client` threw. */
export function problemOf(error: unknown): Problem {
  if (!isClientError(error)) return "failed";
  const { status, errorCode } = error;
  if (errorCode === "EC006") return "reauthenticate";
  // 502 to 504: whatever stands before the server speaks, the server itself does not.
  if (status === 0 || (status >= 502 && status <= 504)) return "unreachable";
  if (status === 401) return "signed-out";
  return status === 429 ? "throttled" : "failed";
}

/** By shape: a page may bring a client of its own, from another copy of the package. */
function isClientError(error: unknown): error is ClientError {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}

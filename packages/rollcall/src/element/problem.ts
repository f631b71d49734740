import type { SignedOut } from "../client/client-api.js";
import type { ClientError, RequiredAuthentication } from "../client/client-error.js";

/** Why an action failed, as far as it matters to the person. */
export type Problem =
  | "unreachable"
  | "throttled"
  | "reauthenticate"
  | "forbidden"
  | "signed-out"
  | "failed";

/** Derives the problem from what a `Client` threw. */
export function problemOf(error: unknown): Problem {
  if (!isClientError(error)) return "failed";
  const { status, errorCode } = error;
  if (errorCode === "EC006") return "reauthenticate";
  if (errorCode === "EC003") return "forbidden";
  // 502 to 504: a proxy answered, because the server did not.
  if (status === 0 || (status >= 502 && status <= 504)) return "unreachable";
  if (status === 401) return "signed-out";
  return status === 429 ? "throttled" : "failed";
}

/** What the server asks for, where it said so with its refusal. */
export function requiredBy(error: unknown): RequiredAuthentication | null {
  return (isClientError(error) && error.required) || null;
}

/** How this session ended, where the server said so with its refusal. */
export function signedOutBy(error: unknown): { type: "signed-out"; how: SignedOut } | null {
  if (!isClientError(error) || !error.sessionEnded) return null;
  const { reason, by } = error.sessionEnded;
  return { type: "signed-out", how: { reason, by: { kind: by, device: null } } };
}

/** By its properties, because the client may come from another copy of the package. */
function isClientError(error: unknown): error is ClientError {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}

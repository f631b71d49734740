import { SessionError, type SessionErrorCode } from "../core/model/errors.js";

/** Whether the error means that nobody is signed in. A 503 means that it is unknown. */
export function isSignedOut(error: unknown): boolean {
  return (
    error instanceof SessionError &&
    (error.code === "credential_missing" || error.code === "credential_invalid")
  );
}

/** Refusals of callers who are signed in, but are not those asked for. */
const OTHERS: ReadonlySet<string> = new Set<SessionErrorCode>([
  "user_type_forbidden",
  "kind_forbidden",
  "actor_forbidden",
  "insufficient_scope",
  "reauthentication_required",
]);

/** `null` where nobody is signed in, or nobody of those asked for. */
export async function nullIfSignedOut<T>(answer: T | Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isSignedOut(error)) return null;
    if (error instanceof SessionError && OTHERS.has(error.code)) return null;
    throw error;
  }
}

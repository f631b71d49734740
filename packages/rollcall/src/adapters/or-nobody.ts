import { SessionError } from "../core/model/errors.js";

const NOBODY = new Set(["credential_missing", "credential_invalid", "user_type_forbidden"]);

/** `null` where nobody of the kind asked for is signed in; that nobody can tell is still thrown. */
export async function orNobody<T>(proving: Promise<T>): Promise<T | null> {
  try {
    return await proving;
  } catch (error) {
    if (error instanceof SessionError && NOBODY.has(error.code)) return null;
    throw error;
  }
}

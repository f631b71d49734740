import { SessionError } from "rollcall";

/** Runs a query of the demo's own: if the database fails, that is a 503 here too, never a 401. */
export async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof SessionError) throw error;
    throw new SessionError("store_unavailable", { retryAfter: 1, cause: error });
  }
}

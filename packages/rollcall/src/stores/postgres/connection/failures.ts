function textIn(error: unknown, name: string): string | null {
  if (typeof error !== "object" || error === null) return null;
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : null;
}

/** The SQLSTATE of an error that the server sent, else null. (Node's own errors have codes too.) */
export function sqlState(error: unknown): string | null {
  const code = textIn(error, "code");
  if (code === null || textIn(error, "routine") === null) return null;
  return /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** Whether the connection is of no use after this error. Who is in doubt opens a new one. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof TypeError) return false;
  const state = sqlState(error);
  // Connection exceptions, shutdown, a transaction that idled too long, system errors.
  return state === null || /^(08|57P|58|XX|25P03)/.test(state);
}

/** Another transaction won: at a stricter isolation than READ COMMITTED, or in a deadlock. */
export function isRaceLost(error: unknown): boolean {
  const state = sqlState(error);
  return state === "40001" || state === "40P01";
}

/** A function that this server does not have, or does not let us call. */
export function isFunctionRefused(error: unknown): boolean {
  const state = sqlState(error);
  return state === "42883" || state === "42501";
}

/** A lock was not to be had within `lock_timeout`. */
export function isLocked(error: unknown): boolean {
  return sqlState(error) === "55P03";
}

/** Somebody else has created the same at the same time: a table, a schema, a type. */
export function isAlreadyThere(error: unknown): boolean {
  return ["23505", "42P07", "42P06", "42710"].includes(sqlState(error) ?? "");
}

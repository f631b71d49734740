/** The default of `onError`: one line on the console, without the stack. */
export function reportError(error: unknown): void {
  // The cause, the database's own message, says more than "unavailable".
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  console.error(
    `rollcall: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : "a handler threw"}`,
  );
}

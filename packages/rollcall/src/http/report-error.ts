/** Where the application asked to be told by no function of its own: one line, without the stack. */
export function reportError(error: unknown): void {
  // What the database said is worth more than that it could not be asked.
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  console.error(
    `rollcall: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : "a handler threw"}`,
  );
}

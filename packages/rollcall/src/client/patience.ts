/** Aborts after the time that a refresh may take; never where the platform lacks the means. */
export const patience = (): AbortSignal => AbortSignal.timeout?.(20_000);

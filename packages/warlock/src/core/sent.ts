/** What clients and databases send has no type, and code written for the package relies on that. */
export type Sent = ReturnType<typeof JSON.parse>;

/** The page that this runs in; outside of pages there is none. */
export const page: Document | undefined = globalThis.document;

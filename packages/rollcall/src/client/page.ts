/** The page that this runs in, or none outside of browsers. */
export const page: Document | undefined = globalThis.document;

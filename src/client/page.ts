/** The page that this runs in; `null` outside of pages. */
export const page: Document | null = typeof document === "object" ? document : null;

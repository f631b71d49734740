/**
 * What guards see of a request. A `Request` is one; adapters make one without the cost of a `Request`.
 */
export interface RequestHead {
  readonly method: string;
  /** The address, with or without its origin. Missing where nobody says it, as in Next's pages. */
  readonly url?: string | undefined;
  readonly headers: { get(name: string): string | null };
}

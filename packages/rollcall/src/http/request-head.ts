/** What credentials are read from. A `Request` is one; adapters make one without the cost of a `Request`. */
export interface RequestHead {
  readonly method: string;
  readonly headers: { get(name: string): string | null };
}

/**
 * The part of a request that guards see. A `Request` has it; adapters make one more cheaply.
 */
export interface RequestHead {
  readonly method: string;
  /**
   * The address, with or without its origin. Missing where a framework does not tell it, as in
   * Next's pages.
   */
  readonly url?: string | undefined;
  readonly headers: { get(name: string): string | null };
}

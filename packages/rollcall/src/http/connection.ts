/** What an adapter knows about the connection, which a `Request` does not contain. */
export interface Connection {
  /** The IP address of the peer. */
  readonly address?: string | undefined;
}

/** The client's address as Express and Fastify know it. */
export interface Addressed {
  readonly ip?: string | undefined;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/**
 * The framework's, as a proxy wrote it. `undefined` if that is not an address, since the socket's
 * address would be the proxy's.
 */
export function addressOf({ ip, socket }: Addressed): string | undefined {
  return ip ?? socket.remoteAddress;
}

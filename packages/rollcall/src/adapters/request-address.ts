/** What Express and Fastify say of a request's address. */
export interface Addressed {
  readonly ip?: string | undefined;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/**
 * The framework's own, as a proxy wrote it. What turns out to be no address is nobody's: the
 * socket's would then be the proxy's.
 */
export function addressOf({ ip, socket }: Addressed): string | undefined {
  return ip ?? socket.remoteAddress;
}

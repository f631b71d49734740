import { isIP } from "node:net";

/** What Express and Fastify say of a request's address. */
export interface Addressed {
  readonly ip?: string | undefined;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** The framework's own, unless what a proxy wrote there is no address: then the socket's. */
export function addressOf({ ip, socket }: Addressed): string | undefined {
  return isIP(ip ?? "") === 0 ? socket.remoteAddress : ip;
}

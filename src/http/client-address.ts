import { isIP } from "node:net";
import type { RequestHead } from "./request-head.js";

/** What an adapter knows of the connection and a `Request` cannot say. */
export interface Connection {
  /** The address of the socket's other end. */
  readonly address?: string | undefined;
}

/**
 * The client's address: the socket's, or with proxies of one's own the entry that the outermost of
 * them wrote, counted from the right, since anything further left is the client's own claim.
 */
export function clientAddress(
  request: RequestHead,
  connection: Connection | undefined,
  trustedProxies: number,
): string | undefined {
  const socket = normalised(connection?.address);
  if (trustedProxies === 0) return socket;
  const entries = (request.headers.get("x-forwarded-for") ?? "").split(",");
  return normalised(entries.at(-trustedProxies)?.trim()) ?? socket;
}

/** An address without its IPv4-in-IPv6 wrapping; `undefined` for anything else. */
function normalised(address: string | undefined): string | undefined {
  const text = address?.replace(/^::ffff:(?=\d+\.)/i, "") ?? "";
  return isIP(text) === 0 ? undefined : text;
}

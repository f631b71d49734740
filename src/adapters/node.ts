import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Connection } from "../http/client-address.js";

/** A handler in the terms of the web platform, such as `http.fetch` of `createHttp`. */
export type FetchHandler = (
  request: Request,
  connection: Connection,
) => Response | Promise<Response>;

/**
 * Mounts a fetch handler on `node:http` (or `https`, `http2` in compatibility mode): the one bridge
 * between Node's streams and the web's. It tells the socket's address, ends the answer's stream
 * when the client goes, and answers 500 without a detail if the handler throws.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { toNodeHandler } from "rollcall/node";
 *
 * const server = createServer(
 *   toNodeHandler((_request, { address }) => Response.json({ you: address ?? null })),
 * );
 * ```
 */
export function toNodeHandler(
  handler: FetchHandler,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const listener = getRequestListener(
    (request, env) => {
      const incoming = env.incoming;
      return handler(request, { address: incoming.socket.remoteAddress });
    },
    {
      // The platform's own Request and Response stay as they are for the rest of the application.
      overrideGlobalObjects: false,
      errorHandler: () =>
        new Response('{"error":"Internal error","errorCode":"EC000"}', {
          status: 500,
          headers: { "Content-Type": "application/json", "Cache-Control": "no-store" },
        }),
    },
  );
  return (incoming, outgoing) => void listener(incoming, outgoing);
}

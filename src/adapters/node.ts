import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener, RequestError } from "@hono/node-server";
import type { Connection } from "../http/client-address.js";

/** A handler in the terms of the web platform, such as `http.fetch` of `createHttp`. */
export type FetchHandler = (
  request: Request,
  connection: Connection,
) => Response | Promise<Response>;

/** Options of {@link toNodeHandler}. */
export interface NodeHandlerOptions {
  /** Told of what a handler threw. @default its name and message go to the console */
  readonly onError?: (error: unknown) => void;
}

/**
 * Mounts a fetch handler on `node:http` (or `https`, `http2` in compatibility mode): the one bridge
 * between Node's streams and the web's. It tells the socket's address, ends the answer's stream
 * when the client goes, and answers 500 without a detail if the handler throws. To mount Rollcall
 * beside routes of one's own, ask `http.handles(request)` first.
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
  { onError = report }: NodeHandlerOptions = {},
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const listener = getRequestListener(
    (request, env) => {
      const incoming = env.incoming;
      return handler(request, { address: incoming.socket.remoteAddress });
    },
    {
      // The platform's own Request and Response stay as they are for the rest of the application.
      overrideGlobalObjects: false,
      // HTTP/1.0, which probes of load balancers still speak, needs no Host; none of ours goes by it.
      hostname: "localhost",
      errorHandler(error) {
        if (error instanceof RequestError) return refusal(400, "Malformed request", "EC008");
        onError(error);
        return refusal(500, "Internal error", "EC000");
      },
    },
  );
  return (incoming, outgoing) => void listener(incoming, outgoing);
}

function refusal(status: number, error: string, errorCode: string): Response {
  const headers = { "Cache-Control": "no-store" };
  return Response.json({ error, errorCode }, { status, headers });
}

function report(error: unknown): void {
  console.error(
    `rollcall: ${error instanceof Error ? `${error.name}: ${error.message}` : "a handler threw"}`,
  );
}

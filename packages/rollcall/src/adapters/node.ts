import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { getRequestListener, RequestError } from "@hono/node-server";
import { SessionError } from "../core/model/errors.js";
import { noteArrival } from "../http/arrival.js";
import type { Connection } from "../http/connection.js";
import { reportError } from "../http/report-error.js";
import { errorResponse } from "../http/respond.js";

/** A handler in the terms of the web platform, such as `http.fetch` of `createHttp`. */
export type FetchHandler = (
  request: Request,
  connection: Connection,
) => Response | Promise<Response>;

/** A request of `node:http`, `https`, or `http2` in compatibility mode. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** Options of {@link toNodeHandler}. */
export interface NodeHandlerOptions<Incoming extends NodeRequest = NodeRequest> {
  /**
   * Called with each error that is answered with a 500 or a 503.
   * @default its name and message go to the console
   * @remarks To your logger.
   */
  readonly onError?: (error: unknown) => void;
  /**
   * The client's address.
   * @default the socket's
   * @remarks When a framework knows better.
   */
  readonly address?: (incoming: Incoming) => string | undefined;
}

/**
 * Mounts a fetch handler on `node:http` (or `https`, `http2` in compatibility mode): the one bridge
 * between Node's streams and the web's. It tells the client's address,
 * also to what is asked about the request later (`http.fetch`, guards, `http.signIn`), ends the answer's stream
 * when the client goes, and answers what the handler throws: a `SessionError` as Rollcall's routes do,
 * anything else with a 500 without a detail. What a body parser
 * has left in `request.body` becomes the body again. To mount Rollcall beside routes of one's own,
 * ask `http.handles(request)` first.
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
export function toNodeHandler<Incoming extends NodeRequest = NodeRequest>(
  handler: FetchHandler,
  { onError = reportError, address = socketAddress }: NodeHandlerOptions<Incoming> = {},
): (incoming: Incoming, outgoing: ServerResponse | Http2ServerResponse) => void {
  const connections = new WeakMap<NodeRequest, Connection>();
  const listener = getRequestListener(
    (request, { incoming }) => {
      const connection = connections.get(incoming) ?? {};
      noteArrival(request, { connection, at: performance.now() });
      return handler(request, connection);
    },
    {
      // Leaves the global Request and Response unchanged for the rest of the application.
      overrideGlobalObjects: false,
      // HTTP/1.0, which health checks of load balancers still use, needs no Host. Rollcall never
      // reads it.
      hostname: "localhost",
      errorHandler(error) {
        if (error instanceof RequestError)
          return errorResponse(new SessionError("malformed_request"));
        const response = errorResponse(error);
        if (response.status >= 500) onError(error);
        return response;
      },
    },
  );
  return (incoming, outgoing) => {
    connections.set(incoming, { address: address(incoming) });
    giveBackBody(incoming);
    void listener(incoming, outgoing);
  };
}

function socketAddress({ socket }: NodeRequest): string | undefined {
  return socket.remoteAddress;
}

/** A body parser that ran first has emptied the stream; the bridge takes `rawBody` in its place. */
function giveBackBody(incoming: NodeRequest & { body?: unknown; rawBody?: unknown }): void {
  if (!incoming.readableDidRead) return;
  // Parsers that keep the original body keep it as bytes or as a string.
  const read = incoming.rawBody ?? incoming.body;
  if (read === undefined) return;
  if (read instanceof Uint8Array) incoming.rawBody = Buffer.from(read);
  else incoming.rawBody = Buffer.from(typeof read === "string" ? read : JSON.stringify(read));
}

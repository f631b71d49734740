import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";

/** A response of `node:http`, or of `node:http2` in compatibility mode. */
export type NodeResponse = ServerResponse<IncomingMessage> | Http2ServerResponse;

import { once } from "node:events";
import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import type { Readable } from "node:stream";
import type { Protocol } from "./harness.js";

// A client that sends what it is told and nothing else, over either protocol.

export interface Sent {
  /** A list: so many lines of the same name. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** JSON, unless it is a text, which goes as it is. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body, or `undefined`. */
  // biome-ignore lint/suspicious/noExplicitAny: what a real server answers is checked by the test
  readonly json: any;
  /** The client's port, which tells one connection from another. */
  readonly localPort: number | undefined;
}

/** An answer whose body has yet to come. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readable;
  readonly localPort: number | undefined;
  /** Goes away in the middle. */
  abort(): void;
}

export interface Wire {
  send(method: string, path: string, sent?: Sent): Promise<Answer>;
  open(method: string, path: string, sent?: Sent): Promise<OpenAnswer>;
  close(): void;
}

export function createWire(url: string, protocol: Protocol): Wire {
  const { open, close } = protocol === "h2" ? overHttp2(url) : overHttp1(url);
  return {
    open,
    close,
    async send(method, path, sent) {
      const { status, headers, body, localPort } = await open(method, path, sent);
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(Buffer.from(chunk));
      const text = Buffer.concat(chunks).toString();
      const isJson = /json/.test(headers.get("content-type") ?? "") && text !== "";
      return { status, headers, text, json: isJson ? JSON.parse(text) : undefined, localPort };
    },
  };
}

function overHttp1(url: string): Pick<Wire, "open" | "close"> {
  const agent = new Agent({ keepAlive: true });
  return {
    close: () => agent.destroy(),
    async open(method, path, sent = {}) {
      const body = bodyText(sent);
      const outgoing = request(`${url}${path}`, { method, agent, headers: headersOf(sent, body) });
      outgoing.end(body);
      const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once("response", resolve);
        // Also after the answer, of an upload that the server cut short.
        outgoing.on("error", reject);
      });
      return {
        status: incoming.statusCode ?? 0,
        headers: toHeaders(incoming.headers),
        body: incoming,
        localPort: incoming.socket.localPort,
        abort: () => outgoing.destroy(),
      };
    },
  };
}

function overHttp2(url: string): Pick<Wire, "open" | "close"> {
  let session: ClientHttp2Session | undefined;
  const connected = (): ClientHttp2Session => {
    if (session === undefined || session.closed || session.destroyed) {
      session = connect(url);
      session.on("error", () => {});
    }
    return session;
  };
  return {
    close: () => session?.destroy(),
    async open(method, path, sent = {}) {
      const body = bodyText(sent);
      const current = connected();
      const stream = current.request({
        ":method": method,
        ":path": path,
        ...headersOf(sent, body),
      });
      stream.end(body);
      const [head] = await once(stream, "response");
      return {
        status: Number(head[":status"]),
        headers: toHeaders(head),
        body: stream,
        localPort: current.socket.localPort,
        abort: () => stream.close(8),
      };
    },
  };
}

function bodyText({ body }: Sent): string | undefined {
  return body === undefined || typeof body === "string" ? body : JSON.stringify(body);
}

function headersOf({ headers = {} }: Sent, body: string | undefined): OutgoingHttpHeaders {
  const all: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    all[name.toLowerCase()] = typeof value === "string" ? value : [...value];
  }
  if (body === undefined) return all;
  return {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...all,
  };
}

function toHeaders(incoming: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming)) {
    if (name.startsWith(":")) continue;
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}

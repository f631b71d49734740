import { createServer, type IncomingMessage } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import type { Connection, Http } from "rollcall/http";
import { type FetchHandler, type NodeRequest, toNodeHandler } from "rollcall/node";
import { expectTypeOf, test } from "vitest";

test("the types fit the servers of Node", () => {
  const makeServers = (http: Http): void => {
    expectTypeOf(http.fetch).toExtend<FetchHandler>();
    const handler = toNodeHandler(http.fetch);
    expectTypeOf(handler).parameter(0).toEqualTypeOf<NodeRequest>();
    createServer(handler);
    createTlsServer(handler);
    createSecureServer(handler);
    toNodeHandler((request, connection) => {
      expectTypeOf(request).toEqualTypeOf<Request>();
      expectTypeOf(connection).toEqualTypeOf<Connection>();
      return new Response();
    });
    // A framework's own request, and what it knows of it.
    const framework = toNodeHandler(http.fetch, {
      address: (request: IncomingMessage & { ip: string }) => request.ip,
      onError: (error) => expectTypeOf(error).toEqualTypeOf<unknown>(),
    });
    expectTypeOf(framework).parameter(0).toEqualTypeOf<IncomingMessage & { ip: string }>();
    // @ts-expect-error a handler answers
    toNodeHandler(() => {});
  };
  expectTypeOf(makeServers).toBeFunction();
});

import type { Principal } from "../core/model/credentials.js";
import { type AuthenticateOptions, guardOptions } from "../http/authenticate-options.js";
import type { Http } from "../http/create-http.js";
import { isByCookie, UNSTORED } from "../http/outgoing-headers.js";
import type { RequestHead } from "../http/request-head.js";
import { type Addressed, addressOf } from "./request-address.js";
import { headOf, type Incoming } from "./request-head.js";
import { carryHeaders, type NodeResponse } from "./response-headers.js";

/** What a guard leaves of a request for handlers, and for the answer: one of each request. */
export interface Exchange {
  /** What goes out is kept by it. */
  readonly head: RequestHead;
  principal: Principal | null;
  /** Whose cookies go out already if they change: once, however many guards there are. */
  carried: readonly Http[];
}

/** Shared, since most requests change no cookies. */
const NONE: readonly Http[] = Object.freeze([]);

export function createExchange(request: Incoming): Exchange {
  return { head: headOf(request), principal: null, carried: NONE };
}

/** Whatever changes of the caller's cookies goes out with the answer. */
export function carry(exchange: Exchange, response: NodeResponse, http: Http): void {
  if (exchange.carried.includes(http)) return;
  exchange.carried = [...exchange.carried, http];
  carryHeaders(response, http, exchange.head);
}

/** Notes who calls, or is done with an error. */
export type ExchangeGuard = (
  exchange: Exchange,
  request: Addressed,
  response: NodeResponse,
  done: (error?: unknown) => void,
) => void;

/** The guard of frameworks on Node's own requests and answers. @throws TypeError naming the option at fault. */
export function exchangeGuard(http: Http, options: AuthenticateOptions | undefined): ExchangeGuard {
  const kept = guardOptions(options);
  return (exchange, request, response, done) => {
    const { head } = exchange;
    try {
      exchange.principal = http.authenticateNow(head, kept);
    } catch (error) {
      done(error);
      return;
    }
    if (exchange.principal !== null) {
      forbidToStore(head, response);
      done();
      return;
    }
    carry(exchange, response, http);
    const connection = { address: addressOf(request) };
    http.authenticate(head, { ...kept, connection }).then((principal) => {
      exchange.principal = principal;
      forbidToStore(head, response);
      done();
    }, done);
  };
}

/** Before the handler, so that what it says of caching stands. */
function forbidToStore(head: RequestHead, response: NodeResponse): void {
  if (isByCookie(head) && !response.hasHeader("cache-control")) {
    response.setHeader("Cache-Control", UNSTORED);
  }
}

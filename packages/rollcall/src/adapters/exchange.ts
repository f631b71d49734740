import type { Principal } from "../core/model/credentials.js";
import type { Http } from "../http/create-http.js";
import { isByCookie } from "../http/credentials.js";
import {
  type AuthenticateOptions,
  type GuardOptions,
  guardOptions,
} from "../http/guard-options.js";
import { UNSTORED } from "../http/outgoing-headers.js";
import type { RequestHead } from "../http/request-head.js";
import { signInLocation } from "../http/sign-in-page.js";
import type { NodeResponse } from "./node-response.js";
import { type Addressed, addressOf } from "./request-address.js";
import { headOf, type Incoming } from "./request-head.js";
import { carryHeaders } from "./response-headers.js";

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

/** How a guard lets go of a request. */
export interface Outcome {
  /** The next handler's, or with an error the error handlers'. */
  done(error?: unknown): void;
  /** Answered with a redirect to this location. */
  sendTo(location: string): void;
}

/** Notes who calls, or is done with an error. */
export type ExchangeGuard = (
  exchange: Exchange,
  request: Addressed,
  response: NodeResponse,
  outcome: Outcome,
) => void;

/** The guard of frameworks on Node's own requests and answers. @throws TypeError naming the option at fault. */
export function exchangeGuard(http: Http, options: GuardOptions | undefined): ExchangeGuard {
  const { signInPage, ...kept } = guardOptions(options);
  return (exchange, request, response, { done, sendTo }) => {
    const { head } = exchange;
    const pass = (principal: Principal): void => {
      exchange.principal = principal;
      forbidToStore(head, response);
      done();
    };
    const answer = http.authenticate(head, {
      ...kept,
      connection: { address: addressOf(request) },
    });
    if (!(answer instanceof Promise)) {
      pass(answer);
      return;
    }
    carry(exchange, response, http);
    answer.then(pass, (error) => {
      const location = signInLocation(head, error, signInPage);
      if (location === null) done(error);
      else sendTo(location);
    });
  };
}

/** Who calls, where signing in is optional. */
export async function exchangeSession(
  http: Http,
  exchange: Exchange,
  request: Addressed,
  response: NodeResponse,
  options: Pick<AuthenticateOptions, "types"> | undefined,
): Promise<Principal | null> {
  const { head } = exchange;
  carry(exchange, response, http);
  const connection = { address: addressOf(request) };
  const principal = await http.session(head, { ...options, connection });
  if (principal !== null) forbidToStore(head, response);
  return principal;
}

/** Before the handler, so that what it says of caching stands. */
function forbidToStore(head: RequestHead, response: NodeResponse): void {
  if (isByCookie(head) && !response.hasHeader("cache-control")) {
    response.setHeader("Cache-Control", UNSTORED);
  }
}

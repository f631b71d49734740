import type { Principal } from "../core/model/credentials.js";
import { isByCookie } from "../http/credentials.js";
import { type CallerRequirements, type GuardOptions, guardOptions } from "../http/guard-options.js";
import type { Http } from "../http/http-api.js";
import { UNSTORED } from "../http/outgoing-headers.js";
import type { RequestHead } from "../http/request-head.js";
import { signInLocation } from "../http/sign-in-page.js";
import type { NodeResponse } from "./node-response.js";
import { type Addressed, addressOf } from "./request-address.js";
import { headOf, type Incoming } from "./request-head.js";
import { carryHeaders } from "./response-headers.js";

/** What a guard keeps about a request, for its handlers and its response. One per request. */
export interface Exchange {
  /** The outgoing headers are stored under it. */
  readonly head: RequestHead;
  principal: Principal | null;
  /** Those whose changed cookies are being sent already, so that several guards send them once. */
  carried: readonly Http[];
}

/** The same one in each copy of the package. */
export const exchange: unique symbol = Symbol.for("rollcall.exchange");

/** Shared, since most requests change no cookies. */
const NONE: readonly Http[] = Object.freeze([]);

export function createExchange(request: Incoming): Exchange {
  return { head: headOf(request), principal: null, carried: NONE };
}

/** Sends changes of the caller's cookies with the response. */
export function carry(exchange: Exchange, response: NodeResponse, http: Http): void {
  if (exchange.carried.includes(http)) return;
  exchange.carried = [...exchange.carried, http];
  carryHeaders(response, http, exchange.head);
}

/** How a guard hands a request on. */
export interface Outcome {
  /** To the next handler, or with an error to the error handlers. */
  done(error?: unknown): void;
  /** Answered with a redirect to this location. */
  sendTo(location: string): void;
}

/** Records the caller, or ends with an error. */
export type ExchangeGuard = (
  exchange: Exchange,
  request: Addressed,
  response: NodeResponse,
  outcome: Outcome,
) => void;

/** The guard of frameworks on Node's own requests and answers. @throws TypeError naming the option at fault. */
export function exchangeGuard(http: Http, options: GuardOptions | undefined): ExchangeGuard {
  const { signInPage, ...kept } = guardOptions(options, http);
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
  options: CallerRequirements | undefined,
): Promise<Principal | null> {
  const { head } = exchange;
  carry(exchange, response, http);
  const connection = { address: addressOf(request) };
  const principal = await http.session(head, { ...options, connection });
  if (principal !== null) forbidToStore(head, response);
  return principal;
}

/** Before the handler runs, so that its own `Cache-Control` wins. */
function forbidToStore(head: RequestHead, response: NodeResponse): void {
  if (isByCookie(head) && !response.hasHeader("cache-control")) {
    response.setHeader("Cache-Control", UNSTORED);
  }
}

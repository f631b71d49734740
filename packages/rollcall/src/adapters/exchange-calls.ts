import type { UserReference } from "../core/model/user.js";
import type { HttpActAsOptions } from "../http/acting.js";
import type { Http } from "../http/http-api.js";
import type { HttpReauthenticateOptions } from "../http/reauthenticate.js";
import type { HttpSignIn, SignInOptions } from "../http/sign-in.js";
import { nullIfSignedOut } from "../http/signed-out.js";
import { carry, type Exchange } from "./exchange.js";
import type { NodeResponse } from "./node-response.js";
import { type Addressed, addressOf } from "./request-address.js";

/** What a handler works on, in frameworks on Node's own requests and answers. */
export interface Handling {
  readonly exchange: Exchange;
  readonly request: Addressed;
  readonly response: NodeResponse;
  /** Replaces headers of the response that are already set, and adds cookies. */
  setHeaders(headers: Headers): void;
}

/** What is left for the handler once the headers are set. */
type Answer = Pick<HttpSignIn, "session" | "body">;

/** Changed cookies of the caller are not carried: the new ones replace them. */
export async function exchangeSignIn(
  http: Http,
  handling: Handling,
  user: UserReference,
  options: Omit<SignInOptions, "connection"> | undefined,
): Promise<Answer> {
  const given = { ...options, ...connected(handling) };
  return answer(handling, await http.signIn(handling.exchange.head, user, given));
}

export async function exchangeActAs(
  http: Http,
  handling: Handling,
  user: UserReference,
  options: Omit<HttpActAsOptions, "connection"> | undefined,
): Promise<Answer> {
  carry(handling.exchange, handling.response, http);
  const given = { ...options, ...connected(handling) };
  return answer(handling, await http.actAs(handling.exchange.head, user, given));
}

export async function exchangeReauthenticate(
  http: Http,
  handling: Handling,
  options: Omit<HttpReauthenticateOptions, "connection">,
): Promise<Answer> {
  carry(handling.exchange, handling.response, http);
  const given = { ...options, ...connected(handling) };
  return answer(handling, await http.reauthenticate(handling.exchange.head, given));
}

export async function exchangeSignOut(
  http: Http,
  exchange: Exchange,
  response: NodeResponse,
): Promise<void> {
  carry(exchange, response, http);
  await nullIfSignedOut(http.signOut(exchange.head));
}

function connected({ request }: Handling): { connection: { address: string | undefined } } {
  return { connection: { address: addressOf(request) } };
}

function answer({ setHeaders }: Handling, { headers, ...rest }: HttpSignIn): Answer {
  setHeaders(headers);
  return rest;
}

import { type Authentication, createAuthentication } from "./authentication.js";
import { createCookieReader } from "./cookies.js";
import { createLocator, type Locator } from "./locator.js";
import type { HttpSettings } from "./options.js";
import { createOutgoingHeaders, type OutgoingHeaders } from "./outgoing-headers.js";
import { createStanding, type Standing } from "./standing.js";

/** What the routes, signing in and signing out share. One per `createHttp`. */
export interface HttpContext extends Authentication {
  readonly standing: Standing;
  readonly settings: HttpSettings;
  readonly outgoing: OutgoingHeaders;
  readonly locator: Locator;
}

export function createHttpContext(settings: HttpSettings): HttpContext {
  const tokensOf = createCookieReader(settings.cookies);
  const outgoing = createOutgoingHeaders(settings, tokensOf);
  const locator = createLocator(settings.locate, settings.clock, settings.onError);
  const standing = createStanding(settings);
  const authentication = createAuthentication(settings, tokensOf, outgoing);
  return { settings, outgoing, locator, standing, ...authentication };
}

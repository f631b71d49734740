import { type Duration, duration } from "../core/duration.js";
import { isObject } from "../core/model/argument.js";
import { type Clock, systemClock } from "../core/process/clock.js";
import type { Sessions } from "../core/sessions-api.js";
import { type ApiKeyRouteOptions, readApiKeys } from "./api-key-route-options.js";
import { checkedProxies } from "./client-address.js";
import { type CookieNames, cookieNames } from "./cookies.js";
import { type NoticeOptions, type NoticeSettings, readNoticeOptions } from "./notice-options.js";
import { exactOrigin, webOrigin } from "./origin.js";
import { reportError } from "./report-error.js";

/**
 * Set to `true` in `cookies` to use cookies without `__Host-` and `Secure`, for browsers that
 * accept no Secure cookies from `http://localhost` (Safari). Refused for any origin that is not a
 * loopback address.
 */
export const insecureDevelopmentCookies: unique symbol = Symbol.for(
  "rollcall.insecureDevelopmentCookies",
);

/** Options of the cookies. */
export interface CookieOptions {
  /**
   * What their names begin with after `__Host-`: 1 to 64 letters, digits, `-` or `_`. Give each
   * application of one host name its own, since browsers keep the cookies of all its ports together;
   * so `localhost:3001` and `localhost:3002` need two. Another prefix signs everybody out.
   * @default "rollcall"
   * @remarks When several applications share a host name.
   */
  readonly prefix?: string;
  /**
   * Unprefixed cookies without `Secure`. Refused for origins that are not loopback addresses.
   * @default false
   * @remarks In development with Safari on `http://localhost`.
   */
  readonly [insecureDevelopmentCookies]?: boolean;
}

/** Options of {@link createHttp}. */
export interface HttpOptions extends NoticeOptions {
  /** Made by `createSessions`. */
  readonly sessions: Sessions;
  /**
   * Whether browsers may carry tokens in cookies, beside bearer tokens. Needs `origin`.
   * @default false
   * @remarks To `true` for everything that runs in a browser.
   */
  readonly cookies?: boolean | CookieOptions;
  /**
   * The application's own origin, such as `"https://app.example"`. Never taken from `Host`.
   * @default none; required with `cookies`
   */
  readonly origin?: string;
  /**
   * Other exact origins that may call with credentials (CORS), and may change state: of other sites,
   * and of applications, such as `"capacitor://localhost"`, `"tauri://localhost"` or
   * `"chrome-extension://<id>"`. An identity provider is none of them: see `csrf` of `signIn`.
   * @default none
   * @remarks When your pages are served from another origin than these routes.
   */
  readonly origins?: readonly string[];
  /**
   * Whether users see in their list of sessions those in which somebody acts as them
   * (`sessions.actAs`): without address and device, but with the id of whoever acts.
   * @default true
   * @remarks To `false` when your users must not learn who acts, or that somebody does.
   */
  readonly showActing?: boolean;
  /**
   * Whether somebody who acts as a user may end and name that user's sessions by these routes.
   * @default false
   * @remarks When your staff sign devices out for users who ask for it.
   */
  readonly actingMayManage?: boolean;
  /**
   * How many of your own proxies stand in front. The client's address is that many entries from the
   * right in `X-Forwarded-For`. If there are fewer, or the entry is not an address, it is unknown.
   * @default 0
   * @remarks To the number of your own proxies and load balancers, or the addresses are theirs.
   * @unit proxies
   */
  readonly trustedProxies?: number;
  /**
   * Lets people make API keys for themselves, at `POST /account/keys`. See docs/api-keys.md.
   * @default no such route
   * @remarks When your users write programs that call you.
   */
  readonly apiKeys?: ApiKeyRouteOptions;
  /** Where the routes are. @default `{ account: "/account", auth: "/auth", service: "" }` */
  readonly paths?: {
    /**
     * What the routes of the account begin with.
     * @default "/account"
     * @remarks When your own routes are there.
     */
    readonly account?: string;
    /**
     * What the routes for refreshing and signing out begin with.
     * @default "/auth"
     * @remarks When your own routes are there.
     */
    readonly auth?: string;
    /**
     * What `/healthz`, `/openapi.json` and `/.well-known/jwks.json` begin with; `false`: without them.
     * @default ""
     * @remarks When they must not be public, or you have such routes of your own.
     */
    readonly service?: string | false;
  };
  /**
   * How long ago the user may have been authenticated for the routes that end other sessions, name one
   * or make an API key, such as `"10m"` (ASVS 7.5.2). Anybody else gets a 403 with the code EC006: authenticate them
   * again and call `reauthenticate`. Nobody is kept from ending their own session.
   * @default any time
   * @remarks When a thief of a session must not be able to throw its owner out.
   */
  readonly requireRecentAuth?: Duration;
  /**
   * How old a session must be before it may end older ones by the routes, such as `"24h"`. A younger one
   * gets a 403 with the code EC003, unless it ends itself or younger ones. For this a request takes
   * one read more.
   * @default none
   * @remarks When somebody who signs in with a stolen password must not be able to throw the owner
   *   out. Set `onLimit` of `createSessions` to `"refuse"` too, or sign-ins do it.
   */
  readonly minimumAgeToRevokeOthers?: Duration;
  /**
   * Called with each error that became a 500 or a 503. What it throws is ignored.
   * @default its message goes to the console
   * @remarks To your logger, before you rely on it.
   */
  readonly onError?: (error: unknown) => void;
  /**
   * Where time comes from.
   * @default the system's
   * @remarks In tests only.
   */
  readonly clock?: Clock;
}

/** Options, total. */
export interface HttpSettings extends NoticeSettings {
  readonly sessions: Sessions;
  /** `null`: bearer tokens only. */
  readonly cookies: CookieNames | null;
  readonly ownOrigin: string | null;
  readonly origins: ReadonlySet<string>;
  readonly showActing: boolean;
  readonly actingMayManage: boolean;
  readonly trustedProxies: number;
  /** `null`: people make none for themselves. */
  readonly apiKeys: Required<ApiKeyRouteOptions> | null;
  readonly paths: {
    readonly account: string;
    readonly auth: string;
    readonly service: string | false;
  };
  /** In milliseconds; `null`: any time. */
  readonly recentAuth: number | null;
  /** In milliseconds; `null`: any age. */
  readonly minimumAgeToRevokeOthers: number | null;
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
}

/** @throws TypeError naming the option at fault. */
export function readHttpOptions(options: HttpOptions): HttpSettings {
  if (!isObject(options)) throw new TypeError("createHttp takes an options object");
  const { sessions, trustedProxies = 0, onError = reportError } = options;
  if (typeof sessions?.verify !== "function") {
    throw new TypeError("sessions must be the result of createSessions");
  }
  if (typeof onError !== "function") throw new TypeError("onError must be a function");
  const ownOrigin = options.origin === undefined ? null : webOrigin(options.origin, "origin");
  return Object.freeze({
    sessions,
    cookies: readCookieOptions(options.cookies ?? false, ownOrigin),
    ownOrigin,
    origins: new Set((options.origins ?? []).map((text) => exactOrigin(text, "origins"))),
    showActing: flag(options.showActing ?? true, "showActing"),
    actingMayManage: flag(options.actingMayManage ?? false, "actingMayManage"),
    trustedProxies: checkedProxies(trustedProxies),
    apiKeys: readApiKeys(options.apiKeys, sessions),
    paths: {
      account: path(options.paths?.account ?? "/account", "paths.account"),
      auth: path(options.paths?.auth ?? "/auth", "paths.auth"),
      service: servicePath(options.paths?.service ?? ""),
    },
    recentAuth: optionalDuration(options.requireRecentAuth, "requireRecentAuth"),
    minimumAgeToRevokeOthers: optionalDuration(
      options.minimumAgeToRevokeOthers,
      "minimumAgeToRevokeOthers",
    ),
    onError,
    ...readNoticeOptions(options, ownOrigin),
    clock: options.clock ?? systemClock,
  });
}

function flag(value: boolean, option: string): boolean {
  if (typeof value !== "boolean") throw new TypeError(`${option} must be true or false`);
  return value;
}

function readCookieOptions(
  cookies: NonNullable<HttpOptions["cookies"]>,
  ownOrigin: string | null,
): CookieNames | null {
  if (cookies === false) return null;
  if (ownOrigin === null)
    throw new TypeError('origin is required with cookies, such as "https://app.example"');
  if (cookies === true) return cookieNames();
  if (typeof cookies !== "object" || cookies === null) {
    throw new TypeError("cookies must be true, false or an options object");
  }
  const insecure = cookies[insecureDevelopmentCookies] === true;
  const { hostname } = new URL(ownOrigin);
  if (insecure && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) {
    throw new TypeError("insecureDevelopmentCookies works for loopback origins only");
  }
  return cookieNames(cookies.prefix, !insecure);
}

function optionalDuration(value: Duration | undefined, option: string): number | null {
  return value === undefined ? null : duration(value, option);
}

function path(text: string, option: string): string {
  if (!/^(\/[A-Za-z0-9._~-]+)+$/.test(text)) {
    throw new TypeError(`${option} must be a path such as "/account", without a slash at its end`);
  }
  return text;
}

function servicePath(text: string | false): string | false {
  return text === false || text === "" ? text : path(text, "paths.service");
}

export type { HttpActAsOptions, HttpStopActing } from "./acting.js";
export type { ApiKeyRouteOptions } from "./api-key-route-options.js";
export type { Connection } from "./connection.js";
export { createHttp } from "./create-http.js";
export { type DeviceFromRequestOptions, deviceFromRequest } from "./device-from-request.js";
export type { AuthenticateOptions, CallerRequirements, GuardOptions } from "./guard-options.js";
export type { GuardedHandler, Http } from "./http-api.js";
export type { Locate, Notice, Notify, Whereabouts } from "./notice.js";
export type { NoticeOptions } from "./notice-options.js";
export {
  type CookieOptions,
  type HttpOptions,
  insecureDevelopmentCookies,
} from "./options.js";
export type { HttpReauthenticateOptions } from "./reauthenticate.js";
export type { RequestHead } from "./request-head.js";
export type { HttpSignIn, SignInOptions } from "./sign-in.js";
export { returnPath } from "./sign-in-page.js";

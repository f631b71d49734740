export { createWarlockApp, type WarlockApp, type WarlockAppOptions } from "./app.js";
export {
  type AuthEventCallback,
  type AuthEventName,
  type AuthEventPayloads,
  authEvents,
  type TriedCredentials,
} from "./auth-events.js";
export { authMiddleware } from "./auth-middleware.js";
export { Auth, type Authenticable, type AuthModel } from "./auth-model.js";
export { type AccessTokenPayload, authService, type Credentials } from "./auth-service.js";
export {
  type AccessTokenConfig,
  type AccessTokenOutput,
  type AuthConfigurations,
  AuthErrorCodes,
  type DeviceInfo,
  type Expiration,
  type LoginResult,
  type LogoutWithoutTokenBehavior,
  NO_EXPIRATION,
  type RefreshTokenConfig,
  type TokenPair,
} from "./configurations.js";
export {
  BadRequestError,
  ConflictError,
  ForbiddenError,
  HttpError,
  NotAcceptableError,
  NotAllowedError,
  ResourceNotFoundError,
  ServerError,
  UnAuthorizedError,
} from "./http-errors.js";
export {
  type LoginThrottleIdentifier,
  type LoginThrottleOptions,
  loginThrottleMiddleware,
} from "./login-throttle.js";
export { hashPassword, verifyPassword } from "./passwords.js";
export {
  RefreshToken,
  type RefreshTokenColumns,
  type RefreshTokenFilter,
} from "./refresh-token.js";
export { Request } from "./request.js";
export { type CookieOptions, Response } from "./response.js";
export type {
  GroupedRoutesOptions,
  Middleware,
  MiddlewareResponse,
  RequestHandler,
  RequestHandlerType,
  RequestHandlerValidation,
  RequestMethod,
  ReturnedResponse,
  Route,
  RouteOptions,
  RouterGroupCallback,
} from "./route.js";
export type { CrudHandlers, RouteBuilder } from "./route-builder.js";
export { type Router, router } from "./router.js";
export { t } from "./translate.js";

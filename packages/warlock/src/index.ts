export { createWarlockApp, type WarlockApp, type WarlockAppOptions } from "./app.js";
export {
  type AuthEventCallback,
  type AuthEventName,
  type AuthEventPayloads,
  authEvents,
  type TriedCredentials,
} from "./auth/auth-events.js";
export { authMiddleware } from "./auth/auth-middleware.js";
export { Auth, type Authenticable, type AuthModel } from "./auth/auth-model.js";
export { type AccessTokenPayload, authService, type Credentials } from "./auth/auth-service.js";
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
} from "./auth/configurations.js";
export {
  type LoginThrottleIdentifier,
  type LoginThrottleOptions,
  loginThrottleMiddleware,
} from "./auth/login-throttle.js";
export {
  RefreshToken,
  type RefreshTokenColumns,
  type RefreshTokenFilter,
} from "./auth/refresh-token.js";
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
} from "./core/http-errors.js";
export { hashPassword, verifyPassword } from "./core/passwords.js";
export { Request } from "./core/request.js";
export { type CookieOptions, Response } from "./core/response.js";
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
} from "./core/route.js";
export type { CrudHandlers, RouteBuilder } from "./core/route-builder.js";
export { type Router, router } from "./core/router.js";
export { t } from "./core/translate.js";

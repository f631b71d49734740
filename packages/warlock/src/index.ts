export { createWarlockApp, type WarlockApp, type WarlockAppOptions } from "./app.js";
export { AccessToken, type DecodedAccessToken } from "./auth/access-token.js";
export {
  registerAuthCleanupCommand,
  registerAuthPurgeNeverExpiringCommand,
  registerJWTSecretGeneratorCommand,
} from "./auth/auth-commands.js";
export { AuthErrorCodes } from "./auth/auth-error-codes.js";
export {
  type AuthEventCallback,
  type AuthEventName,
  type AuthEventPayloads,
  authEvents,
  type TriedCredentials,
} from "./auth/auth-events.js";
export { authMiddleware } from "./auth/auth-middleware.js";
export { authMigrations } from "./auth/auth-migrations.js";
export { Auth } from "./auth/auth-model.js";
export { authService } from "./auth/auth-service.js";
export type {
  AccessTokenConfig,
  AuthConfigurations,
  LegacyJwtConfig,
  LogoutWithoutTokenBehavior,
  RefreshTokenConfig,
} from "./auth/configurations.js";
export { type Expiration, NO_EXPIRATION } from "./auth/expiration.js";
export { generateJWTSecret } from "./auth/generate-jwt-secret.js";
export {
  type JwtAlgorithm,
  type JwtSignOptions,
  type JwtVerifyOptions,
  jwt,
} from "./auth/jwt.js";
export { loginThrottleMiddleware } from "./auth/login-throttle.js";
export type {
  LoginThrottleIdentifier,
  LoginThrottleOptions,
} from "./auth/login-throttle-options.js";
export {
  RefreshToken,
  type RefreshTokenColumns,
  type RefreshTokenFilter,
} from "./auth/refresh-token.js";
export { isNeverExpiring, isUsableExpiry, tokenHasExpClaim } from "./auth/token-expiry.js";
export type {
  AccessTokenOutput,
  AccessTokenPayload,
  DeviceInfo,
  TokenPair,
  TokenType,
} from "./auth/tokens.js";
export type {
  Authenticable,
  AuthModel,
  AuthUser,
  Credentials,
  LoginResult,
} from "./auth/user.js";
export type { UserIdentity } from "./auth/user-of.js";
export {
  type CLICommand,
  type CLICommandOptions,
  type CommandActionData,
  command,
} from "./core/command.js";
export { config, defineConfig } from "./core/config.js";
export { env } from "./core/env.js";
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

export { createWarlockApp, type WarlockApp, type WarlockAppOptions } from "./app.js";
export {
  type AuthEventCallback,
  type AuthEventName,
  type AuthEventPayloads,
  authEvents,
} from "./auth-events.js";
export { Auth, type AuthModel } from "./auth-model.js";
export { authService, type Credentials } from "./auth-service.js";
export {
  type AuthConfigurations,
  AuthErrorCodes,
  type DeviceInfo,
  type Expiration,
  type LoginResult,
  NO_EXPIRATION,
  type TokenOutput,
  type TokenPair,
} from "./configurations.js";
export {
  authMiddleware,
  type LoginThrottleOptions,
  loginThrottleMiddleware,
} from "./middleware.js";
export { RefreshToken, type RefreshTokenColumn, type RefreshTokenFilter } from "./refresh-token.js";
export { Request } from "./request.js";
export { Response } from "./response.js";
export { type Handler, type Middleware, type RouteOptions, type Router, router } from "./router.js";

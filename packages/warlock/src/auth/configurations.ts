import type { Expiration } from "./expiration.js";
import type { AuthModel } from "./user.js";

/** How access tokens are made. Rollcall signs by HS256 and keeps no table of them. */
export interface AccessTokenConfig {
  readonly secret?: string;
  readonly expiresIn?: Expiration;
  readonly algorithm?: string;
  readonly model?: unknown;
}

export type LogoutWithoutTokenBehavior = "revoke-all" | "error";

/** How sessions live. Refresh tokens always rotate, without the race that `rotation` has there. */
export interface RefreshTokenConfig {
  readonly secret?: string;
  readonly enabled?: boolean;
  readonly expiresIn?: Expiration;
  readonly maxPerUser?: number;
  readonly rotation?: boolean;
  readonly model?: unknown;
  /** What `logout` without a refresh token does. @default "revoke-all" */
  readonly logoutWithoutToken?: LogoutWithoutTokenBehavior;
}

/** The older shape of both blocks. */
export type LegacyJwtConfig = AccessTokenConfig & { readonly refresh?: RefreshTokenConfig };

/** The configuration of `@warlock.js/auth`. */
export interface AuthConfigurations {
  /** The model of each user type. */
  readonly userType: Readonly<Record<string, AuthModel>>;
  /** @default `{ expiresIn: "1h" }` */
  readonly accessToken?: AccessTokenConfig;
  /** @default `{ enabled: true, expiresIn: "7d", maxPerUser: 5 }` */
  readonly refreshToken?: RefreshTokenConfig;
  readonly jwt?: LegacyJwtConfig;
  /** Of older versions. Passwords are hashed by scrypt here, whatever it says. */
  readonly password?: { readonly salt?: number };
}

/** Both blocks, in whichever shape they were given. */
export function tokensOf({ accessToken, refreshToken, jwt }: AuthConfigurations): {
  readonly access: AccessTokenConfig;
  readonly refresh: RefreshTokenConfig;
} {
  return { access: accessToken ?? jwt ?? {}, refresh: refreshToken ?? jwt?.refresh ?? {} };
}

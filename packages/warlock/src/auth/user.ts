import type { Sent } from "../core/sent.js";
import type { RefreshToken } from "./refresh-token.js";
import type { AccessTokenOutput, AccessTokenPayload, DeviceInfo, TokenPair } from "./tokens.js";
import type { UserIdentity } from "./user-of.js";

/** A user, as `Auth` makes one of a model: what listeners are given and `authService` takes. */
export interface AuthUser extends UserIdentity {
  readonly data: Readonly<Record<string, Sent>>;
  get(key: string, fallback?: unknown): Sent;
  string(key: string): string | undefined;
  accessTokenPayload(): AccessTokenPayload;
  createTokenPair(deviceInfo?: DeviceInfo | null): Promise<TokenPair>;
  generateAccessToken(payload?: unknown): Promise<AccessTokenOutput>;
  generateRefreshToken(deviceInfo?: DeviceInfo | null): Promise<RefreshToken | undefined>;
  activeSessions(): Promise<RefreshToken[]>;
  revokeAllTokens(): Promise<void>;
  removeAccessToken(token: string): Promise<void>;
  removeRefreshToken(token: string): Promise<void>;
  removeAllAccessTokens(): Promise<void>;
  confirmPassword(password: string): boolean | Promise<boolean>;
  toJSON(): Record<string, unknown>;
}

/** What anything that signs in can do. */
export type Authenticable = Pick<
  AuthUser,
  | "userType"
  | "generateAccessToken"
  | "generateRefreshToken"
  | "createTokenPair"
  | "confirmPassword"
>;

/** A model class of users, as `auth.userType` names them and `authService.login` takes them. */
export interface AuthModel<User extends AuthUser = AuthUser> {
  /** The user with all of these values. */
  first(filter: Readonly<Record<string, Sent>>): Promise<User | null | undefined>;
  /** The user of an id. */
  find(id: Sent): Promise<User | null | undefined>;
}

/** What a sign-in is tried with: a password, and what finds its user. */
export type Credentials = Readonly<Record<string, Sent>>;

/** A sign-in. */
export interface LoginResult<User extends AuthUser = AuthUser> {
  readonly user: User;
  readonly tokens: TokenPair;
}

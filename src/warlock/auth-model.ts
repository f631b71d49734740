import { authService, type Credentials } from "./auth-service.js";
import type { DeviceInfo, TokenOutput, TokenPair } from "./configurations.js";
import { verifyPassword } from "./passwords.js";
import type { RefreshToken } from "./refresh-token.js";

/** A model class of users, as `auth.userType` names them and `authService.login` takes them. */
export interface AuthModel<User extends Auth = Auth> {
  /** The user with all of these values. */
  first(filter: Readonly<Record<string, unknown>>): Promise<User | null>;
  /** The user of an id. */
  find(id: string | number): Promise<User | null>;
}

/** The abstract user model. */
export abstract class Auth {
  readonly data: Readonly<Record<string, unknown>>;

  constructor(data: Readonly<Record<string, unknown>> = {}) {
    this.data = data;
  }

  /** The name under which `auth.userType` has this model. */
  abstract get userType(): string;

  get id(): string | number {
    const id = this.data["id"];
    if (typeof id === "string" || typeof id === "number") return id;
    throw new TypeError("a user model needs an id: a string or a number");
  }

  get(key: string): unknown {
    return this.data[key];
  }

  /** The user of these credentials, or `null`. */
  static attempt<User extends Auth>(
    this: AuthModel<User>,
    credentials: Credentials,
  ): Promise<User | null> {
    // biome-ignore lint/complexity/noThisInStatic: the model is the subclass that it is called on
    return authService.attemptLogin(this, credentials);
  }

  createTokenPair(deviceInfo?: DeviceInfo): Promise<TokenPair> {
    return authService.createTokenPair(this, deviceInfo);
  }

  generateAccessToken(): Promise<TokenOutput> {
    return authService.generateAccessToken(this);
  }

  generateRefreshToken(deviceInfo?: DeviceInfo): Promise<RefreshToken> {
    return authService.createRefreshToken(this, deviceInfo);
  }

  activeSessions(): Promise<RefreshToken[]> {
    return authService.getActiveSessions(this);
  }

  revokeAllTokens(): Promise<void> {
    return authService.revokeAllTokens(this);
  }

  removeAccessToken(token: string): Promise<void> {
    return authService.removeAccessToken(this, token);
  }

  confirmPassword(password: string): boolean {
    const hash = this.data["password"];
    return typeof hash === "string" && verifyPassword(hash, password);
  }

  /** All but the password. */
  toJSON(): Record<string, unknown> {
    const { password: _, ...shown } = this.data;
    return { ...shown, userType: this.userType };
  }
}

import { verifyPassword } from "../core/passwords.js";
import type { Sent } from "../core/sent.js";
import { authService } from "./auth-service.js";
import type { RefreshToken } from "./refresh-token.js";
import { show } from "./shown-columns.js";
import type { AccessTokenOutput, AccessTokenPayload, DeviceInfo, TokenPair } from "./tokens.js";
import type { AuthModel, AuthUser, Credentials } from "./user.js";

/** The abstract user model. Where users are kept, your own `first` and `find` know. */
export abstract class Auth<Schema = Sent> implements AuthUser {
  /** Only these columns leave the server. @default all */
  static toJsonColumns?: readonly string[];
  /** These never do. */
  static hidden?: readonly string[];
  /** A class whose instances turn columns into JSON. */
  static resource?: Sent;
  /** The columns that `resource` is given. @default all */
  static resourceColumns?: readonly string[];

  readonly data: Readonly<Record<string, Sent>>;

  constructor(data: Readonly<Record<string, Sent>> = {}) {
    this.data = data;
  }

  static first(_filter: Readonly<Record<string, Sent>>): Promise<Sent> {
    throw new TypeError("a user model needs a static first(filter) of its own");
  }

  static find(_id: Sent): Promise<Sent> {
    throw new TypeError("a user model needs a static find(id) of its own");
  }

  /** The user of these credentials, or `null`. */
  static attempt<User extends AuthUser>(
    this: AuthModel<User>,
    credentials: Credentials,
  ): Promise<User | null> {
    // biome-ignore lint/complexity/noThisInStatic: the model is the subclass that it is called on
    return authService.attemptLogin(this, credentials);
  }

  /** The name under which `auth.userType` has this model. */
  abstract get userType(): string;

  get id(): string | number {
    const id = this.data["id"];
    if (typeof id === "string" || typeof id === "number") return id;
    throw new TypeError("a user model needs an id: a string or a number");
  }

  get<Key extends keyof Schema & string>(key: Key, fallback?: Schema[Key]): Schema[Key];
  get<Value = Sent>(key: string): Value;
  get<Value = Sent>(key: string, fallback: Value): Value;
  get(key: string, fallback?: unknown): Sent {
    return this.data[key] ?? fallback;
  }

  string(key: string): string | undefined {
    const value: unknown = this.data[key];
    return value === undefined || value === null ? undefined : String(value);
  }

  createTokenPair(deviceInfo?: DeviceInfo | null): Promise<TokenPair> {
    return authService.createTokenPair(this, deviceInfo);
  }

  accessTokenPayload(): AccessTokenPayload {
    return authService.buildAccessTokenPayload(this);
  }

  generateAccessToken(payload?: unknown): Promise<AccessTokenOutput> {
    return authService.generateAccessToken(this, payload);
  }

  generateRefreshToken(deviceInfo?: DeviceInfo | null): Promise<RefreshToken | undefined> {
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

  removeRefreshToken(token: string): Promise<void> {
    return authService.removeRefreshToken(this, token);
  }

  removeAllAccessTokens(): Promise<void> {
    return authService.removeAllAccessTokens(this);
  }

  /** Of a model that says it otherwise the answer is awaited, too. */
  confirmPassword(password: string): boolean | Promise<boolean> {
    return verifyPassword(password, this.data["password"]);
  }

  /** As the model's class has it; never the password. */
  toJSON(): Record<string, unknown> {
    return show({ ...this.data, userType: this.userType }, this.constructor);
  }
}

import type { Sent } from "../core/sent.js";
import { report, state } from "../state.js";
import type { RefreshToken } from "./refresh-token.js";
import type { DeviceInfo, TokenPair } from "./tokens.js";
import type { AuthUser } from "./user.js";

/** What a sign-in was tried with, less the password. */
export interface TriedCredentials {
  readonly email?: string;
  readonly username?: string;
  readonly [key: string]: Sent;
}

/** What the listeners of each event are given. */
export interface AuthEventPayloads {
  readonly "login.attempt": readonly [credentials: TriedCredentials];
  readonly "login.success": readonly [user: AuthUser, tokens: TokenPair, deviceInfo?: DeviceInfo];
  readonly "login.failed": readonly [credentials: TriedCredentials, reason: string];
  readonly logout: readonly [user: AuthUser];
  readonly "logout.all": readonly [user: AuthUser];
  /** A logout that named no token, and so ended everything. */
  readonly "logout.failsafe": readonly [user: AuthUser];
  readonly "token.created": readonly [user: AuthUser, tokens: TokenPair];
  readonly "token.refreshed": readonly [user: AuthUser, tokens: TokenPair, session: RefreshToken];
  readonly "token.revoked": readonly [user: AuthUser, session: RefreshToken];
  /** Nothing here emits it: what has run out is forgotten by the database, which only counts. */
  readonly "token.expired": readonly [session: RefreshToken];
  readonly "token.familyRevoked": readonly [familyId: string, sessions: readonly RefreshToken[]];
  readonly "session.created": readonly [
    user: AuthUser,
    session: RefreshToken,
    deviceInfo?: DeviceInfo,
  ];
  readonly "session.destroyed": readonly [user: AuthUser, session: RefreshToken];
  readonly "cleanup.completed": readonly [count: number];
  /** For your own use: nothing here emits them. */
  readonly "password.changed": readonly [user: AuthUser];
  readonly "password.resetRequested": readonly [user: AuthUser, resetToken: string];
  readonly "password.reset": readonly [user: AuthUser];
}

export type AuthEventName = keyof AuthEventPayloads;

/** A listener. It is called before the call that emits goes on; what it throws is logged. */
export type AuthEventCallback<T extends AuthEventName> = (
  ...payload: AuthEventPayloads[T]
) => void | Promise<void>;

/** Events of the facade, by the package's names. */
export const authEvents: {
  on<T extends AuthEventName>(event: T, callback: AuthEventCallback<T>): { unsubscribe(): void };
  subscribe<T extends AuthEventName>(
    event: T,
    callback: AuthEventCallback<T>,
  ): { unsubscribe(): void };
  emit<T extends AuthEventName>(event: T, ...payload: AuthEventPayloads[T]): void;
  trigger<T extends AuthEventName>(event: T, ...payload: AuthEventPayloads[T]): void;
  off(event?: AuthEventName): void;
  unsubscribeAll(): void;
} = {
  on(event, callback) {
    state.listeners.on(event, callback);
    return { unsubscribe: () => void state.listeners.off(event, callback) };
  },
  subscribe: (event, callback) => authEvents.on(event, callback),
  emit(event, ...payload) {
    const failed = (error: unknown): void => report(`a listener of ${event} failed`, error);
    for (const listener of state.listeners.listeners(event)) {
      try {
        // What a promise of it says later is logged too.
        Promise.resolve(Reflect.apply(listener, undefined, payload)).catch(failed);
      } catch (error) {
        failed(error);
      }
    }
  },
  trigger: (event, ...payload) => authEvents.emit(event, ...payload),
  off(event) {
    // To it, an argument that is undefined is an event of that name.
    if (event === undefined) state.listeners.removeAllListeners();
    else state.listeners.removeAllListeners(event);
  },
  unsubscribeAll: () => authEvents.off(),
};

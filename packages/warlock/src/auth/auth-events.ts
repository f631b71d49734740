import { EventEmitter } from "node:events";
import type { Sent } from "../core/sent.js";
import type { Auth } from "./auth-model.js";
import type { DeviceInfo, TokenPair } from "./configurations.js";
import type { RefreshToken } from "./refresh-token.js";

/** What a sign-in was tried with, less the password. */
export interface TriedCredentials {
  readonly email?: string;
  readonly username?: string;
  readonly [key: string]: Sent;
}

/** What the listeners of each event are given. */
export interface AuthEventPayloads {
  readonly "login.attempt": readonly [credentials: TriedCredentials];
  readonly "login.success": readonly [user: Auth, tokens: TokenPair, deviceInfo?: DeviceInfo];
  readonly "login.failed": readonly [credentials: TriedCredentials, reason: string];
  readonly logout: readonly [user: Auth];
  readonly "logout.all": readonly [user: Auth];
  /** A logout that named no token, and so ended everything. */
  readonly "logout.failsafe": readonly [user: Auth];
  readonly "token.created": readonly [user: Auth, tokens: TokenPair];
  readonly "token.refreshed": readonly [user: Auth, tokens: TokenPair, session: RefreshToken];
  readonly "token.revoked": readonly [user: Auth, session: RefreshToken];
  /** Nothing here emits it: what has run out is forgotten by the database, which only counts. */
  readonly "token.expired": readonly [session: RefreshToken];
  readonly "token.familyRevoked": readonly [familyId: string, sessions: readonly RefreshToken[]];
  readonly "session.created": readonly [user: Auth, session: RefreshToken, deviceInfo?: DeviceInfo];
  readonly "session.destroyed": readonly [user: Auth, session: RefreshToken];
  readonly "cleanup.completed": readonly [count: number];
  /** For your own use: nothing here emits them. */
  readonly "password.changed": readonly [user: Auth];
  readonly "password.resetRequested": readonly [user: Auth, resetToken: string];
  readonly "password.reset": readonly [user: Auth];
}

export type AuthEventName = keyof AuthEventPayloads;

/** A listener. What it throws breaks nothing. */
export type AuthEventCallback<T extends AuthEventName> = (
  ...payload: AuthEventPayloads[T]
) => void | Promise<void>;

/** By whatever name: code without types may have events of its own. */
const emitter: EventEmitter = new EventEmitter().setMaxListeners(0);

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
    emitter.on(event, callback);
    return { unsubscribe: () => void emitter.off(event, callback) };
  },
  subscribe: (event, callback) => authEvents.on(event, callback),
  emit(event, ...payload) {
    for (const listener of emitter.listeners(event)) {
      // Called in a promise, so that what is thrown now or later goes no further.
      Promise.resolve()
        .then(() => Reflect.apply(listener, undefined, payload))
        .catch(() => {});
    }
  },
  trigger: (event, ...payload) => authEvents.emit(event, ...payload),
  off(event) {
    // To it, an argument that is undefined is an event of that name.
    if (event === undefined) emitter.removeAllListeners();
    else emitter.removeAllListeners(event);
  },
  unsubscribeAll: () => authEvents.off(),
};

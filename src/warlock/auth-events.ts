import type { Auth } from "./auth-model.js";
import type { DeviceInfo, TokenPair } from "./configurations.js";
import type { RefreshToken } from "./refresh-token.js";

/** What the listeners of each event are given. */
export interface AuthEventPayloads {
  readonly "login.attempt": readonly [credentials: Readonly<Record<string, unknown>>];
  readonly "login.success": readonly [user: Auth, tokens: TokenPair, deviceInfo?: DeviceInfo];
  readonly "login.failed": readonly [
    credentials: Readonly<Record<string, unknown>>,
    reason: string,
  ];
  readonly logout: readonly [user: Auth];
  readonly "logout.all": readonly [user: Auth];
  /** A logout that named no token, and so ended everything. */
  readonly "logout.failsafe": readonly [user: Auth];
  readonly "token.created": readonly [user: Auth, tokens: TokenPair];
  readonly "token.refreshed": readonly [user: Auth, tokens: TokenPair, session: RefreshToken];
  readonly "token.revoked": readonly [user: Auth, session: RefreshToken];
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

const listeners: { readonly [T in AuthEventName]: Set<AuthEventCallback<T>> } = {
  "login.attempt": new Set(),
  "login.success": new Set(),
  "login.failed": new Set(),
  logout: new Set(),
  "logout.all": new Set(),
  "logout.failsafe": new Set(),
  "token.created": new Set(),
  "token.refreshed": new Set(),
  "token.revoked": new Set(),
  "token.familyRevoked": new Set(),
  "session.created": new Set(),
  "session.destroyed": new Set(),
  "cleanup.completed": new Set(),
  "password.changed": new Set(),
  "password.resetRequested": new Set(),
  "password.reset": new Set(),
};

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
  on<T extends AuthEventName>(event: T, callback: AuthEventCallback<T>) {
    const known: Set<AuthEventCallback<T>> = listeners[event];
    known.add(callback);
    return { unsubscribe: () => void known.delete(callback) };
  },
  subscribe: (event, callback) => authEvents.on(event, callback),
  emit<T extends AuthEventName>(event: T, ...payload: AuthEventPayloads[T]) {
    const known: Set<AuthEventCallback<T>> = listeners[event];
    for (const listener of known) {
      // Called in a promise, so that what is thrown now or later goes no further.
      Promise.resolve()
        .then(() => listener(...payload))
        .catch(() => {});
    }
  },
  trigger: (event, ...payload) => authEvents.emit(event, ...payload),
  off(event) {
    if (event === undefined) authEvents.unsubscribeAll();
    else listeners[event].clear();
  },
  unsubscribeAll() {
    for (const known of Object.values(listeners)) known.clear();
  },
};

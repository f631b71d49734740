/** Events of the facade, by the package's names. A listener that throws breaks nothing. */
export type AuthEventCallback = (...args: readonly unknown[]) => void | Promise<void>;

const listeners = new Map<string, Set<AuthEventCallback>>();

export const authEvents: {
  on(event: string, callback: AuthEventCallback): { unsubscribe(): void };
  subscribe(event: string, callback: AuthEventCallback): { unsubscribe(): void };
  emit(event: string, ...args: readonly unknown[]): void;
  trigger(event: string, ...args: readonly unknown[]): void;
  off(event?: string): void;
  unsubscribeAll(): void;
} = {
  on(event, callback) {
    const known = listeners.get(event) ?? new Set();
    listeners.set(event, known.add(callback));
    return { unsubscribe: () => void known.delete(callback) };
  },
  subscribe: (event, callback) => authEvents.on(event, callback),
  emit(event, ...args) {
    for (const listener of listeners.get(event) ?? []) {
      // Called in a promise, so that what is thrown now or later goes no further.
      Promise.resolve()
        .then(() => listener(...args))
        .catch(() => {});
    }
  },
  trigger: (event, ...args) => authEvents.emit(event, ...args),
  off(event) {
    if (event === undefined) listeners.clear();
    else listeners.delete(event);
  },
  unsubscribeAll: () => listeners.clear(),
};

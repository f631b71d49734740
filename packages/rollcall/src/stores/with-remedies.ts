/**
 * The same store, but an error with a known remedy says what to do. Such an error is a mistake in
 * the setup, so it becomes a TypeError with the driver's error as its cause; the cause tells the
 * core that the database cannot be asked. Other errors, which may pass by themselves, stay as the
 * driver threw them.
 *
 * `store` may also be the part of one that works in a transaction of the caller's.
 */
export function withRemedies<T extends object>(
  store: T,
  remedy: (error: Error) => string | null,
): T {
  const explained = (error: unknown): unknown => {
    if (!(error instanceof Error) || error instanceof TypeError) return error;
    const message = remedy(error);
    if (message === null) return error;
    const told = new TypeError(`${message} (${error.message})`, { cause: error });
    return "code" in error ? Object.assign(told, { code: error.code }) : told;
  };
  return new Proxy(store, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        try {
          const returned: unknown = Reflect.apply(value, target, args);
          if (!(returned instanceof Promise)) return returned;
          return returned.catch((error: unknown) => {
            throw explained(error);
          });
        } catch (error) {
          throw explained(error);
        }
      };
    },
  });
}

/**
 * Calls a callback of the application. If it throws or rejects, `failed` is called with the error
 * and nothing else happens: nobody waits for the callback, and nothing depends on it.
 */
export function callBack<T>(
  callback: (value: T) => void,
  value: T,
  failed: (error: unknown) => void,
  done: () => void = () => {},
): void {
  try {
    const returned: unknown = callback(value);
    // A listener may be async, and an unhandled rejection would end the process.
    if (returned instanceof Promise) returned.then(done, failed);
    else done();
  } catch (error) {
    failed(error);
  }
}

/**
 * Calls a function of the application's that is told something. Its fault, thrown or of a promise
 * that it returned, goes to `failed` and no further: nobody waits for it, and nothing depends on it.
 */
export function callBack<T>(
  callback: (value: T) => void,
  value: T,
  failed: (error: unknown) => void,
  done: () => void = () => {},
): void {
  try {
    const returned: unknown = callback(value);
    // An async function is a listener too; a rejection nobody hears would end the process.
    if (returned instanceof Promise) returned.then(done, failed);
    else done();
  } catch (error) {
    failed(error);
  }
}

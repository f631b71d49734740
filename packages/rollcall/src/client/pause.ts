/** Waits for that time, or until `signal` aborts. Nothing else may listen to `signal`. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (signal?.aborted) stop();
    else if (signal) signal.onabort = stop;
  });
}

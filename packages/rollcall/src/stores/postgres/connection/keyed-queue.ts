/**
 * Runs few calls of the same key at once. The others wait in this process, without taking a
 * connection.
 */
export interface KeyedQueue {
  /** Rejects when its turn did not come in time: the caller has been answered already. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

interface Lane {
  taken: number;
  readonly waiting: (() => void)[];
}

export function createKeyedQueue(atOnce: number, timeout: () => number): KeyedQueue {
  const lanes = new Map<string, Lane>();
  return {
    async run(key, work) {
      const limit = timeout();
      const asked = performance.now();
      const lane = lanes.get(key) ?? { taken: 0, waiting: [] };
      lanes.set(key, lane);
      if (lane.taken < atOnce) lane.taken += 1;
      // A call that ends hands over its turn, so no other can come in between.
      else await new Promise<void>((resolve) => lane.waiting.push(resolve));
      try {
        if (performance.now() - asked > limit) {
          throw new Error(
            `gave up after ${limit} ms (storeTimeout): earlier calls still wait for rows that others have locked`,
          );
        }
        return await work();
      } finally {
        const next = lane.waiting.shift();
        if (next !== undefined) next();
        else {
          lane.taken -= 1;
          if (lane.taken === 0) lanes.delete(key);
        }
      }
    },
  };
}

/** Lets few do the same at once; the others wait in this process, without a connection. */
export interface Turns {
  /** Rejects when the turn did not come within the time: who asked has been answered already. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

interface Lane {
  taken: number;
  readonly waiting: (() => void)[];
}

export function createTurns(atOnce: number, timeout: () => number): Turns {
  const lanes = new Map<string, Lane>();
  return {
    async take(key, work) {
      const limit = timeout();
      const asked = performance.now();
      const lane = lanes.get(key) ?? { taken: 0, waiting: [] };
      lanes.set(key, lane);
      if (lane.taken < atOnce) lane.taken += 1;
      // Whoever ends hands over its turn, so nobody can come in between.
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

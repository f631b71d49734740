import assert from "node:assert/strict";
import { storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

/** When a hint counts as lost, in real milliseconds: long, since busy machines are slow to connect. */
const HINT_WITHIN = 10_000;

/** Contract §5.2: how other processes learn at once that there is something to read. */
export const hintCases: readonly StoreCase[] = [
  storeCase(
    "a subscriber is told that it is connected, and given a hint of a change",
    async (s) => {
      let hinted = (): void => {};
      let connected = (): void => {};
      const hint = new Promise<void>((resolve) => {
        hinted = resolve;
      });
      const up = new Promise<void>((resolve) => {
        connected = resolve;
      });
      const stop = await s.store.subscribe?.({
        changed: () => hinted(),
        connected: (isUp) => isUp && connected(),
      });
      try {
        await within(HINT_WITHIN, "connected(true)", up);
        await s.signIn();
        await within(HINT_WITHIN, "changed()", hint);
      } finally {
        await stop?.();
      }
    },
    "subscribe",
  ),
];

async function within(ms: number, what: string, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `no ${what} within ${ms} ms`;
    timer = setTimeout(() => reject(new assert.AssertionError({ message })), ms);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

import type { HintListener } from "../../../core/port/changes.js";

/** Tells the listeners of this process; other processes on the file have their polls. */
export interface Hints {
  add(listener: HintListener): () => void;
  /** Something was committed. Told once per turn of the event loop, however often it is said. */
  changed(): void;
  close(): void;
}

export function createHints(): Hints {
  const listeners = new Set<HintListener>();
  let scheduled = false;
  return {
    add(listener) {
      listeners.add(listener);
      listener.connected(true);
      return () => {
        listeners.delete(listener);
      };
    },
    changed() {
      if (scheduled || listeners.size === 0) return;
      scheduled = true;
      // Not at once: a listener that reads must not keep the writer from its answer.
      queueMicrotask(() => {
        scheduled = false;
        for (const listener of listeners) {
          try {
            listener.changed();
          } catch {
            // A hint may be lost; the write it tells of has been acknowledged.
          }
        }
      });
    },
    close() {
      listeners.clear();
    },
  };
}

import type { SessionId } from "../model/session.js";
import type { Clock } from "../process/clock.js";

/** The abort signals of sessions, one for all principals of a session, made when asked for. */
export interface Signals {
  /** `keyId`: the key of the token that was presented. `until`: when to check whether the session is still alive. */
  of(id: SessionId, until: number, keyId?: string): AbortSignal;
  /** The session ended. */
  abort(id: SessionId): void;
  /** The key has leaked, so anybody may hold a token under it: aborts all signals it vouched for. */
  abortProvenBy(keyId: string): void;
  /** Checks every session again, after a gap in what this process was told. */
  recheck(): void;
  readonly size: number;
  close(): void;
}

interface SignalsDependencies {
  readonly clock: Clock;
  /**
   * How many milliseconds the session has left, by one read and the clock of the database; `null`
   * when it has ended. Rejects when unknown.
   */
  readonly livesFor: (id: SessionId) => Promise<number | null>;
  /** Whether this process already knows that the session has ended, and so will not be told again. */
  readonly isOver: (id: SessionId) => boolean;
  /** Called before a signal is created, which must then be told when the session ends. */
  readonly asked: () => void;
}

interface Entry {
  readonly controller: WeakRef<AbortController>;
  provenBy: readonly string[];
  /** Set while the signal has listeners, so that nobody else needs to hold it. */
  held: AbortController | null;
  callOff: () => void;
}

/** The reason of every abort. */
const ended = (): DOMException => new DOMException("The session has ended", "AbortError");

/** How soon to check again after a failure, in milliseconds. */
const RETRY = 1000;

/**
 * A signal is held only while it has listeners or its user holds it, so that a million sessions
 * that once asked for one cost nothing. (`AbortSignal.any` holds its sources weakly: whoever
 * combines a principal's signal keeps the principal.)
 */
export function createSignals({ clock, livesFor, isOver, asked }: SignalsDependencies): Signals {
  const entries = new Map<SessionId, Entry>();
  const collected = new FinalizationRegistry<SessionId>((id) => {
    const entry = entries.get(id);
    if (entry !== undefined && entry.controller.deref() === undefined) forget(id, entry);
  });

  const forget = (id: SessionId, entry: Entry): void => {
    entry.callOff();
    entries.delete(id);
  };

  const abort = (id: SessionId): void => {
    const entry = entries.get(id);
    if (entry === undefined) return;
    const controller = entry.controller.deref();
    forget(id, entry);
    controller?.abort(ended());
  };

  const arm = (id: SessionId, entry: Entry, ms: number): void => {
    entry.callOff();
    entry.callOff = clock.after(ms, () => void check(id, entry));
  };

  const check = async (id: SessionId, entry: Entry): Promise<void> => {
    if (entries.get(id) !== entry) return;
    try {
      const left = await livesFor(id);
      if (left === null) abort(id);
      else if (entries.get(id) === entry) arm(id, entry, Math.max(left, 1));
    } catch {
      // The session may be alive, so do not abort just because we do not know.
      if (entries.get(id) === entry) arm(id, entry, RETRY);
    }
  };

  return {
    of(id, until, keyId = "") {
      const earlier = entries.get(id);
      const known = earlier?.controller.deref();
      if (earlier !== undefined && known !== undefined) {
        if (!earlier.provenBy.includes(keyId)) earlier.provenBy = [...earlier.provenBy, keyId];
        return known.signal;
      }
      if (isOver(id)) return AbortSignal.abort(ended());
      asked();
      const controller = new AbortController();
      const entry: Entry = {
        controller: new WeakRef(controller),
        provenBy: [keyId],
        held: null,
        callOff: () => {},
      };
      entries.set(id, entry);
      collected.register(controller, id);
      arm(id, entry, Math.max(0, until - clock.now()));
      return holding(controller, (held) => {
        entry.held = held ? controller : null;
      });
    },
    abort,
    abortProvenBy(keyId) {
      for (const [id, { provenBy }] of [...entries]) if (provenBy.includes(keyId)) abort(id);
    },
    recheck() {
      for (const [id, entry] of entries) void check(id, entry);
    },
    get size() {
      return entries.size;
    },
    close() {
      for (const [id, entry] of [...entries]) forget(id, entry);
    },
  };
}

/** Tracks whether the signal has listeners. */
function holding(controller: AbortController, hold: (held: boolean) => void): AbortSignal {
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  return Object.defineProperties(signal, {
    addEventListener: {
      value(...args: Parameters<typeof add>) {
        listeners.add(args[1]);
        hold(true);
        add(...args);
      },
    },
    removeEventListener: {
      value(...args: Parameters<typeof remove>) {
        remove(...args);
        listeners.delete(args[1]);
        hold(listeners.size > 0);
      },
    },
    // The signal must keep its controller alive, or holding the signal alone would lose the abort.
    rollcallController: { value: controller },
  });
}

import type { EventOf, SessionEvent, SessionEventType } from "./events.js";

/** Hands events to listeners. */
export interface EventHub {
  /** `own`: only what this process did. Returns the function that stops it. */
  on<T extends SessionEventType | "*">(
    type: T,
    listener: (event: EventOf<T>) => void,
    own: boolean,
  ): () => void;
  emit(event: SessionEvent): void;
}

/** `origin` is the name of this process, which its own events bear. */
export function createEventHub(origin: string): EventHub {
  const listeners = new Set<(event: SessionEvent) => void>();
  return {
    on(type, listener, own) {
      const deliver = (event: SessionEvent): void => {
        if (isOfType(event, type) && (!own || event.origin === origin)) listener(event);
      };
      listeners.add(deliver);
      return () => {
        listeners.delete(deliver);
      };
    },
    emit(event) {
      for (const deliver of [...listeners]) {
        try {
          deliver(event);
        } catch (error) {
          // The listener's fault must not undo or delay what the event tells of.
          const name = error instanceof Error ? error.name : "something";
          process.emitWarning(`rollcall: a listener of ${event.type} threw ${name}`);
        }
      }
    },
  };
}

function isOfType<T extends SessionEventType | "*">(
  event: SessionEvent,
  type: T,
): event is EventOf<T> {
  return type === "*" || event.type === type;
}

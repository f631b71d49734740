import { callBack } from "./call-back.js";
import type { EventOf, SessionEvent, SessionEventType } from "./events.js";
import { type Faults, fault } from "./faults.js";

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
export function createEventHub(origin: string, faults: Faults): EventHub {
  const listeners = new Set<(event: SessionEvent) => void>();
  let added = 0;
  return {
    on(type, listener, own) {
      const name = `listener ${++added}`;
      const deliver = (event: SessionEvent): void => {
        if (!isOfType(event, type) || (own && event.origin !== origin)) return;
        // The listener's fault must not undo or delay what the event tells of.
        callBack(
          listener,
          event,
          (error) => faults.tell(name, fault(`a listener of ${event.type} failed`, error)),
          () => faults.passed(name),
        );
      };
      listeners.add(deliver);
      return () => {
        listeners.delete(deliver);
        faults.passed(name);
      };
    },
    emit(event) {
      for (const deliver of [...listeners]) deliver(event);
    },
  };
}

function isOfType<T extends SessionEventType | "*">(
  event: SessionEvent,
  type: T,
): event is EventOf<T> {
  return type === "*" || event.type === type;
}

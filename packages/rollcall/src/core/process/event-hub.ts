import { optionsObject } from "../model/argument.js";
import type { EventOf, SessionEvent, SessionEventType } from "../model/events.js";
import { callBack } from "./call-back.js";
import { type Faults, fault } from "./faults.js";

/** All names, to refuse a listener for a misspelled one, which would never be called. */
const TYPES: Readonly<Record<SessionEventType | "*", true>> = {
  "*": true,
  "session.claims_outdated": true,
  "device.first_seen": true,
  "session.address_changed": true,
  "session.created": true,
  "session.evicted": true,
  "session.expired": true,
  "session.generation_ahead": true,
  "session.reauthenticated": true,
  "session.refreshed": true,
  "session.renamed": true,
  "session.reuse_detected": true,
  "session.revoked": true,
  "session.updated": true,
  "session.user_agent_changed": true,
};

/** Passes events to listeners. */
export interface EventHub {
  /** As `on` of `Sessions`. @throws TypeError naming the argument at fault. */
  on<T extends SessionEventType | "*">(
    type: T,
    listener: (event: EventOf<T>) => void,
    options: { readonly scope?: "all" | "own" } | undefined,
  ): () => void;
  emit(event: SessionEvent): void;
  readonly size: number;
}

/** @param processId Identifies this process; its own events carry it. */
export function createEventHub(processId: string, faults: Faults): EventHub {
  const listeners = new Set<(event: SessionEvent) => void>();
  let added = 0;
  return {
    on(type, listener, options) {
      const { scope = "all" } = optionsObject(options, "options");
      if (scope !== "all" && scope !== "own") throw new TypeError('scope must be "all" or "own"');
      if (typeof type !== "string" || !Object.hasOwn(TYPES, type)) {
        throw new TypeError(`type must be one of ${Object.keys(TYPES).join(", ")}`);
      }
      if (typeof listener !== "function") throw new TypeError("listener must be a function");
      const own = scope === "own";
      const name = `listener ${++added}`;
      const deliver = (event: SessionEvent): void => {
        if (!isOfType(event, type) || (own && event.processId !== processId)) return;
        // A faulty listener must not undo or delay the change itself.
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
    get size() {
      return listeners.size;
    },
  };
}

function isOfType<T extends SessionEventType | "*">(
  event: SessionEvent,
  type: T,
): event is EventOf<T> {
  return type === "*" || event.type === type;
}

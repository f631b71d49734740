import type { SessionId, SessionStore } from "rollcall";
import { type MemoryDatabase, memory, memoryDatabase } from "rollcall/memory";
import type { StoreHarness } from "rollcall/testing";
import { manualClock } from "rollcall/testing";
import type { StoredSession } from "../../src/core/model/session.js";
import type { NewSession, SessionLimit } from "../../src/core/port/operations.js";

/** A store with one deliberate fault, and the case that must find it. */
export interface BrokenStore {
  readonly name: string;
  /** The name of a case of `storeCases`. */
  readonly caughtBy: string;
  open(): StoreHarness;
}

/** The methods that a fault puts in the place of a sound store's. */
export type Fault = (sound: SessionStore, database: MemoryDatabase) => Partial<SessionStore>;

export function brokenStore(name: string, caughtBy: string, fault: Fault): BrokenStore {
  return {
    name,
    caughtBy,
    open() {
      const database = memoryDatabase();
      const open = (): SessionStore => {
        const sound = memory(database);
        return { ...sound, ...fault(sound, database) };
      };
      return { store: open(), clock: manualClock(), another: async () => open() };
    },
  };
}

/** Stores something else than what was given. */
export function storing(instead: (input: NewSession) => Partial<NewSession>): Fault {
  return (sound) => ({ create: (input) => sound.create({ ...input, ...instead(input) }) });
}

export function limited(instead: (limit: SessionLimit) => SessionLimit): Fault {
  return storing(({ limit }) => ({ limit: limit === null ? null : instead(limit) }));
}

/** Changes a row behind the store's back. */
export function amend(
  { rows }: MemoryDatabase,
  id: SessionId,
  change: (row: StoredSession) => Partial<StoredSession>,
): void {
  const row = rows.get(id);
  if (row !== undefined) rows.set(id, { ...row, ...change(row) });
}

/** Lets others in between reading and writing, as two statements without a lock do. */
export function pause(): Promise<void> {
  return new Promise(setImmediate);
}

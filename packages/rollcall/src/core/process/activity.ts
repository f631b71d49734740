import type { SessionId } from "../model/session.js";
import type { GenerationUse, RevokedEntry } from "../port/operations.js";
import type { SessionStore } from "../port/store.js";
import type { BoundedCall } from "./bounded-call.js";
import type { Clock } from "./clock.js";
import { causeOf, type Faults, fault, messageOf } from "./faults.js";

/** Remembers uses in memory and writes them in batches, so that a check costs no write. */
export interface Activity {
  /** A session was used now. */
  used(id: SessionId, at: number): void;
  /** A generation's access token was seen for the first time here (contract §4.3). */
  firstUse(id: SessionId, generation: number): void;
  /** The last use that is not written yet, if any. */
  pendingUse(id: SessionId): number | undefined;
  /**
   * If a first use of this session is pending, writes it now, and rejects if that fails: a refresh
   * must not be decided without it.
   */
  settle(id: SessionId): Promise<void>;
  /** Writes everything that is pending. */
  flush(): Promise<void>;
  lastError(): string | null;
  close(): Promise<void>;
}

interface ActivityDependencies {
  readonly store: SessionStore;
  readonly callStore: BoundedCall;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly touchInterval: number;
  readonly storeNow: () => number | undefined;
  /** Called with the sessions that were ended because a skipped generation was used. */
  readonly ended: (entries: readonly RevokedEntry[]) => void;
}

/** First uses are written in batches, one per this many milliseconds. */
const CONFIRM_INTERVAL = 1000;

/**
 * The idle deadline stays right although last use is written late: an access token in use was
 * issued at most a quarter of `idleTimeout` ago (token-issuer.ts), so the stored deadline is never
 * nearer than three touch intervals.
 */
export function createActivity(dependencies: ActivityDependencies): Activity {
  const { store, callStore, clock, faults } = dependencies;
  let uses = new Map<SessionId, number>();
  // Almost always a single generation, so an array: creating a Set takes five times as long.
  let firsts = new Map<SessionId, number[]>();
  let failure: string | null = null;
  let closed = false;
  let confirming: Promise<void> | null = null;
  let underWay: ReadonlyMap<SessionId, unknown> = firsts;
  const settling = new Map<SessionId, Promise<void>>();
  let confirmedAt = Number.NEGATIVE_INFINITY;
  let cancelTouch: (() => void) | null = null;
  let cancelConfirm: (() => void) | null = null;

  const failed = (part: string, what: string, error: unknown): void => {
    failure = messageOf(causeOf(error));
    faults.tell(part, fault(what, error));
  };

  const touch = async (): Promise<void> => {
    cancelTouch?.();
    cancelTouch = null;
    if (uses.size === 0) return;
    const batch = uses;
    uses = new Map();
    const again = (ids: Iterable<SessionId>): void => {
      for (const id of ids) uses.set(id, Math.max(uses.get(id) ?? 0, batch.get(id) ?? 0));
      armTouch();
    };
    try {
      const list = [...batch].map(([id, at]) => ({ id, at }));
      const left = await callStore("touch", () => store.touch(list, dependencies.storeNow()));
      failure = null;
      faults.passed("touch");
      if (left.length > 0) again(left);
    } catch (error) {
      failed("touch", "last use could not be written", error);
      again(batch.keys());
    }
  };

  const armTouch = (): void => {
    if (closed || cancelTouch !== null) return;
    cancelTouch = clock.after(dependencies.touchInterval, () => {
      cancelTouch = null;
      void touch();
    });
  };

  const remember = (id: SessionId, generation: number): void => {
    const known = firsts.get(id);
    if (known === undefined) firsts.set(id, [generation]);
    else if (!known.includes(generation)) known.push(generation);
  };

  const confirm = (): Promise<void> => {
    confirming ??= confirmNow().finally(() => {
      confirming = null;
      if (firsts.size > 0) armConfirm();
    });
    return confirming;
  };

  const confirmNow = async (wait = false): Promise<void> => {
    cancelConfirm?.();
    cancelConfirm = null;
    if (firsts.size === 0) return;
    confirmedAt = clock.monotonic();
    const batch = firsts;
    firsts = new Map();
    underWay = batch;
    const list: GenerationUse[] = [];
    for (const [id, generations] of batch) {
      for (const generation of generations) list.push({ id, generation });
    }
    try {
      const { ended, left } = await callStore("confirm", () =>
        store.confirm(list, dependencies.storeNow(), wait),
      );
      dependencies.ended(ended);
      for (const id of left) for (const one of batch.get(id) ?? []) remember(id, one);
      failure = null;
      faults.passed("confirm");
    } catch (error) {
      failed("confirm", "the first use of tokens could not be written", error);
      for (const use of list) remember(use.id, use.generation);
    }
  };

  /** Writes for one session only and waits for its row, so a lock on that row delays nobody else. */
  const settleNow = async (id: SessionId): Promise<void> => {
    const generations = firsts.get(id) ?? [];
    firsts.delete(id);
    try {
      const list = generations.map((generation) => ({ id, generation }));
      const { ended } = await callStore("confirm", () =>
        store.confirm(list, dependencies.storeNow(), true),
      );
      dependencies.ended(ended);
    } catch (error) {
      for (const generation of generations) remember(id, generation);
      armConfirm();
      throw error;
    }
  };

  const armConfirm = (): void => {
    if (closed || cancelConfirm !== null || confirming !== null) return;
    const due = confirmedAt + CONFIRM_INTERVAL - clock.monotonic();
    cancelConfirm = clock.after(Math.max(0, due), () => {
      cancelConfirm = null;
      void confirm();
    });
  };

  const flush = async (): Promise<void> => {
    await confirm();
    await confirm();
    await touch();
  };

  return {
    used(id, at) {
      uses.set(id, at);
      armTouch();
    },
    firstUse(id, generation) {
      // The first generation has no predecessor that a late retry could come from.
      if (generation === 1) return;
      remember(id, generation);
      armConfirm();
    },
    pendingUse: (id) => uses.get(id),
    async settle(id) {
      for (;;) {
        const busy = settling.get(id) ?? (underWay.has(id) ? confirming : null);
        if (busy === null) break;
        await busy;
      }
      if (!firsts.has(id)) return;
      const one = settleNow(id).finally(() => settling.delete(id));
      settling.set(id, one);
      await one;
    },
    flush,
    lastError: () => failure,
    async close() {
      await flush();
      // These rows were locked, and there is no later batch that could try again.
      if (firsts.size > 0 && failure === null) await confirmNow(true);
      closed = true;
      cancelTouch?.();
      cancelConfirm?.();
    },
  };
}

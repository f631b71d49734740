import { randomUUID } from "node:crypto";
import type { HintListener } from "../../../core/port/changes.js";
import { destroy, type PostgresListenClient, unref } from "./client.js";

/** What listening needs, beside who is told. */
export interface ListenerOptions {
  /** On which hints are sent. */
  readonly channel: () => Promise<string>;
  /** Opens a new client, not yet connected, that nobody else uses. */
  readonly open: () => PostgresListenClient | Promise<PostgresListenClient>;
  /** Sends a hint the way all hints are sent. */
  readonly send: (payload: string) => Promise<unknown>;
  readonly listener: HintListener;
  /** How often that hints arrive is to be proven, in milliseconds. */
  readonly probeInterval: () => number;
}

/** The way hints come, kept open. */
export interface Listening {
  /** Settles when the first attempt has come to an end, either way. */
  readonly tried: Promise<void>;
  stop(): Promise<void>;
}

/** How long connecting, listening or a probe may take each. */
const PATIENCE = 5000;
export const PROBE_INTERVAL = 30_000;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 10_000;

const PROBE = "probe ";

/** Any role may send hints, as many as it likes; so often at most they are heeded. */
const BETWEEN_HINTS = 20;

/**
 * Listens on a connection of its own, and opens a new one when it is lost. That `LISTEN` succeeded
 * proves nothing (behind PgBouncer it does, and no hint ever arrives), nor does a connection that
 * stands (a stalled network): so a probe is sent the way hints are sent, at the start and every
 * 30 s or less often, and must come back. While nobody awaits hints nothing is sent and nothing
 * opened: who does not need to know needs no proof.
 */
export function listen(options: ListenerOptions): Listening {
  const { channel, open, send, listener, probeInterval } = options;
  const stopped = signal();
  let up = false;

  const isAwaited = (): boolean => listener.awaited?.() ?? true;

  const changed = paced(() => listener.changed(), BETWEEN_HINTS);

  const report = (now: boolean): void => {
    if (now !== up) listener.connected(now);
    up = now;
  };

  /** Resolves when the connection is of no more use; `true` when it ever was of any. */
  const once = async (first: () => void): Promise<boolean> => {
    const client = await within("a client", Promise.resolve(open()));
    const lost = signal();
    let awaited: { readonly payload: string; readonly came: () => void } | null = null;
    client.on("error", lost.fire);
    client.on("end", lost.fire);
    client.on("notification", ({ payload = "" }) => {
      if (!payload.startsWith(PROBE)) changed();
      else if (payload === awaited?.payload) awaited.came();
    });
    const probe = async (): Promise<void> => {
      const payload = `${PROBE}${randomUUID()}`;
      const came = new Promise<void>((resolve) => {
        awaited = { payload, came: resolve };
      });
      await within("a probe", Promise.all([send(payload), came]));
    };
    const work = async (): Promise<void> => {
      const name = await within("the schema", channel());
      const connecting = client.connect();
      // At once: a server that does not answer must not keep the process either.
      unref(client);
      await within("connect", connecting);
      unref(client);
      await within("LISTEN", client.query(`listen ${name}`));
      while (!lost.isFired()) {
        await probe();
        if (lost.isFired()) break;
        report(true);
        first();
        do await pause(probeInterval(), lost.fired);
        while (!lost.isFired() && !isAwaited());
      }
    };
    try {
      await Promise.race([work(), lost.fired, stopped.fired]);
    } catch {
      // Whatever it was, the answer is to try again.
    } finally {
      lost.fire();
      // Not awaited: a stalled connection takes its time to end.
      void within("end", client.end()).catch(() => destroy(client));
    }
    return up;
  };

  const run = async (first: () => void): Promise<void> => {
    for (let wait = FIRST_PAUSE; !stopped.isFired(); ) {
      const served = await once(first).catch(() => false);
      first();
      if (stopped.isFired()) break;
      report(false);
      wait = served ? FIRST_PAUSE : Math.min(2 * wait, LONGEST_PAUSE);
      do await pause(wait, stopped.fired);
      while (!stopped.isFired() && !isAwaited());
    }
  };

  const tried = new Promise<void>((resolve) => {
    void run(resolve);
  });
  return {
    tried,
    async stop() {
      stopped.fire();
    },
  };
}

/** Calls at once, then at most once in `ms`; what came in between is made up for by one call. */
function paced(call: () => void, ms: number): () => void {
  let resting = false;
  let missed = false;
  const asked = (): void => {
    if (resting) {
      missed = true;
      return;
    }
    resting = true;
    setTimeout(() => {
      resting = false;
      if (!missed) return;
      missed = false;
      asked();
    }, ms).unref();
    call();
  };
  return asked;
}

interface Signal {
  readonly fired: Promise<void>;
  readonly fire: () => void;
  isFired(): boolean;
}

function signal(): Signal {
  let fire = (): void => {};
  let done = false;
  const fired = new Promise<void>((resolve) => {
    fire = () => {
      done = true;
      resolve();
    };
  });
  return { fired, fire, isFired: () => done };
}

/** Waits, or less when `called` settles first. Keeps no process alive. */
async function pause(ms: number, called: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
    timer.unref();
  });
  await Promise.race([over, called]);
  clearTimeout(timer);
}

async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} took longer than ${PATIENCE} ms`)),
      PATIENCE,
    );
    timer.unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

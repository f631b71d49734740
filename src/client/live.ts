import type { SignedOut } from "./client-api.js";
import { page } from "./page.js";
import { pause } from "./pause.js";
import type { Tabs } from "./tabs.js";

/** Hears what happens to the caller's sessions while somebody wants to know. */
export interface Live {
  /** Begins, unless it has; stops by `stop`, and while the page is hidden. */
  start(): void;
  stop(): void;
}

interface LiveTerms {
  readonly tabs: Tabs;
  fetch(signal: AbortSignal): Promise<Response>;
  changed(): void;
  ended(how: SignedOut): void;
}

/** In milliseconds: between tries, and for how long a stream may say nothing (it beats every 15 s). */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
const SILENCE = 40_000;

/** One stream per browser: the tab whose turn it is follows it, the others wait for theirs. */
export function createLive({ tabs, fetch, changed, ended }: LiveTerms): Live {
  let isWanted = false;
  let running: AbortController | null = null;

  /** Until the session is over, or `signal` aborts. */
  const follow = async (signal: AbortSignal): Promise<void> => {
    for (let wait = FIRST_WAIT; !signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      const stream = new AbortController();
      let how: SignedOut | undefined;
      const stop = (): void => stream.abort();
      let silence: ReturnType<typeof setTimeout> | undefined;
      const beat = (): void => {
        clearTimeout(silence);
        silence = setTimeout(stop, SILENCE);
      };
      beat();
      try {
        const response = await fetch(AbortSignal.any([signal, stream.signal]));
        if (response.status === 401) return;
        if (response.ok && response.body) {
          // What happened before, also since the list was read first, is not told again.
          changed();
          wait = FIRST_WAIT;
          await readEvents(response.body, (name, data = "") => {
            beat();
            if (name === "sessions") changed();
            if (name === "revoked") how = JSON.parse(data);
          });
          // A sign-in in place of this one is no sign-out: what it gave is tried next.
          if (how && how.reason !== "replaced") return ended(how);
        }
      } catch {
        // It is tried again.
      } finally {
        clearTimeout(silence);
        // What was not read is not wanted either.
        stop();
      }
      await pause(wait * (0.5 + Math.random()), signal);
      // Where no stream can be had, this is how the list stays true.
      if (!signal.aborted) changed();
    }
  };

  const update = (): void => {
    if (isWanted && !page?.hidden) {
      if (running) return;
      running = new AbortController();
      const { signal } = running;
      tabs
        .inTurn("live", () => follow(signal), { signal })
        .catch(() => {})
        .then(() => {
          // Over for good, until somebody signs in.
          if (signal.aborted) return;
          isWanted = false;
          running = null;
        });
    } else {
      running?.abort();
      running = null;
    }
  };

  return {
    start() {
      page?.addEventListener("visibilitychange", update);
      isWanted = true;
      update();
    },
    stop() {
      page?.removeEventListener("visibilitychange", update);
      isWanted = false;
      update();
    },
  };
}

/** Server-sent events (WHATWG HTML §9.2), as far as Rollcall writes them; no name: a mere beat. */
async function readEvents(
  body: ReadableStream<Uint8Array>,
  hear: (name: string | undefined, data: string | undefined) => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, name, data] = /event: (.*)\ndata: ?(.*)/.exec(block) ?? [];
      hear(name, data);
    }
  }
}

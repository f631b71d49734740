import type { SignedOut } from "./client-api.js";
import { page } from "./page.js";
import { pause } from "./pause.js";
import type { Tabs } from "./tabs.js";

/** Follows the event stream while there are listeners and the page is visible. */
export type Live = (isWanted: boolean) => void;

/**
 * Milliseconds between attempts, and how long a stream may be silent (the server sends a comment every
 * 15 s).
 */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
const SILENCE = 40_000;

/** One stream per browser: one tab follows it, the others wait for their turn. */
export function createLive(
  tabs: Tabs,
  openStream: (signal: AbortSignal) => Promise<Response>,
  ended: (how: SignedOut) => Promise<void>,
): Live {
  const changed = (): void => tabs.tell({ kind: "changed" });
  let isOn = false;
  let running: AbortController | null = null;

  /** Follows the stream until the session ends or `signal` aborts. */
  const follow = async (signal: AbortSignal): Promise<void> => {
    for (let wait = FIRST_WAIT; !signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      const stream = new AbortController();
      const stop = (): void => stream.abort();
      signal.onabort = stop;
      let how: SignedOut | undefined;
      let heard = 0;
      let silence: ReturnType<typeof setTimeout> | undefined;
      const beat = (): void => {
        clearTimeout(silence);
        silence = setTimeout(stop, SILENCE);
      };
      beat();
      try {
        const response = await openStream(stream.signal);
        if (response.status === 401) {
          // Nobody is signed in. A sign-in, a new listener or a page that becomes visible tries again.
          if (!signal.aborted) running = null;
          return;
        }
        if (response.ok && response.body) {
          const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
          for (let text = ""; ; ) {
            const { done, value } = await reader.read();
            if (done) break;
            // The part of server-sent events (WHATWG HTML §9.2) that Rollcall uses. Without a name it is a heartbeat.
            const blocks = (text + value).split("\n\n");
            text = blocks.pop() ?? "";
            for (const block of blocks) {
              const [, name, data = ""] = /event: (.*)\ndata: ?(.*)/.exec(block) ?? [];
              beat();
              // Earlier events are not sent again, so read the list again.
              if (!heard++ || name === "sessions") changed();
              // Only now: a proxy may cut the stream at once.
              else wait = FIRST_WAIT;
              if (name === "revoked") how = JSON.parse(data);
            }
          }
          // A new sign-in replaced this session, which is not a sign-out: continue with the new credentials.
          if (how && how.reason !== "replaced") return await ended(how);
        }
      } catch {
        // Try again below.
      } finally {
        clearTimeout(silence);
        // Discard the rest of the body.
        stop();
      }
      await pause(wait * (0.5 + Math.random()), signal);
      // Without a stream, reading the list at intervals keeps it up to date.
      if (!heard && !signal.aborted) changed();
    }
  };

  const update = (): void => {
    if (!isOn || page?.hidden) {
      running?.abort();
      running = null;
    } else if (!running) {
      running = new AbortController();
      const { signal } = running;
      tabs.inTurn("live", () => follow(signal), signal);
    }
  };
  page?.addEventListener("visibilitychange", update);

  return (isWanted) => {
    isOn = isWanted;
    update();
  };
}

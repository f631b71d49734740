import type { SignedOut, StoredTokens } from "./client-api.js";
import { page } from "./page.js";

/** What tabs tell each other. */
export type Message =
  /** Credentials, or `null`: none any more. Not `isNews`: the answer to a tab that asked. */
  | { readonly kind: "tokens"; readonly tokens: StoredTokens | null; readonly isNews: boolean }
  /** A tab that may have missed something asks who has credentials. */
  | { readonly kind: "ask" }
  /** Somebody has signed in, in place of whoever was. */
  | { readonly kind: "in" }
  | { readonly kind: "changed" }
  | { readonly kind: "out"; readonly how: SignedOut };

/**
 * The tabs of this browser on this origin; only this tab if the browser lacks BroadcastChannel or
 * Web Locks.
 */
export interface Tabs {
  /** Whether others can be heard at all. */
  readonly linked: boolean;
  /** This tab hears it too. */
  tell(message: Message): void;
  /**
   * One at a time among all tabs, in turn. At once without Web Locks, where they are denied, and when
   * `signal` aborts the wait; so `work` must be harmless out of turn, and never reject.
   */
  inTurn(what: string, work: () => Promise<void>, signal: AbortSignal): Promise<void>;
}

/**
 * Opens the channel. It stays open as long as the page: who goes on with a client that was closed must
 * hear of the others' refreshes. Outside of pages there are no tabs, even where the means are there.
 */
export function openTabs(name: string, hear: (message: Message) => void): Tabs {
  let channel: BroadcastChannel | undefined;
  try {
    if (page) channel = new BroadcastChannel(name);
  } catch {
    // Missing, or denied: Firefox throws where all cookies are blocked. This tab goes on alone.
  }
  // Missing on pages without TLS. Who cannot be told of a turn's outcome gains nothing by waiting.
  const locks: LockManager | undefined = channel && navigator.locks;
  channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => hear(data));
  return {
    linked: channel !== undefined,
    tell(message) {
      hear(message);
      channel?.postMessage(message);
    },
    inTurn: (what, work, signal) =>
      locks ? locks.request(`${name}:${what}`, { signal }, work).catch(work) : work(),
  };
}

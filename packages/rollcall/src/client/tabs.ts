import type { SignedOut, StoredTokens } from "./client-api.js";
import { page } from "./page.js";

/** The messages between tabs. */
export type Message =
  /** Credentials; `null` after a sign-out. `isNews` is `false` in the answer to a tab that asked. */
  | { readonly kind: "tokens"; readonly tokens: StoredTokens | null; readonly isNews: boolean }
  /** A tab that may have missed messages asks for the credentials. */
  | { readonly kind: "ask" }
  /** A new sign-in has replaced the previous one. */
  | { readonly kind: "in" }
  | { readonly kind: "changed" }
  | { readonly kind: "out"; readonly how: SignedOut };

/**
 * The tabs of this browser on this origin; only this tab if the browser lacks BroadcastChannel or
 * Web Locks.
 */
export interface Tabs {
  /** Whether messages of other tabs can be received. */
  readonly linked: boolean;
  /** Sends a message to all tabs, including this one. */
  tell(message: Message): void;
  /**
   * Runs `work` in turn, one at a time among all tabs. Runs it at once if Web Locks are missing or
   * denied, or when `signal` aborts the wait, so `work` must be harmless out of turn and never reject.
   */
  inTurn(what: string, work: () => Promise<void>, signal: AbortSignal): Promise<void>;
}

/**
 * Opens the channel. It stays open as long as the page, because a closed client may be used again and
 * must know of the refreshes of other tabs. Outside of pages there are no tabs.
 */
export function openTabs(name: string, hear: (message: Message) => void): Tabs {
  let channel: BroadcastChannel | undefined;
  try {
    if (page) channel = new BroadcastChannel(name);
  } catch {
    // Missing or denied: Firefox throws if all cookies are blocked. This tab works alone.
  }
  // Missing on pages without TLS. Without messages there is no point in waiting for other tabs.
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

import type { SignedOut, StoredTokens } from "./client-api.js";
import { page } from "./page.js";

/** What tabs tell each other. */
export type Message =
  /** Credentials, or `null`: none any more. Not `isNews`: the answer to a tab that asked. */
  | { readonly kind: "tokens"; readonly tokens: StoredTokens | null; readonly isNews: boolean }
  /** A new tab asks who has credentials. */
  | { readonly kind: "ask" }
  /** Somebody has signed in, in place of whoever was. */
  | { readonly kind: "in" }
  | { readonly kind: "changed" }
  | { readonly kind: "out"; readonly how: SignedOut };

/** The tabs of this browser on this origin; this one is alone where the browser lacks the means. */
export interface Tabs {
  /** Whether others can be heard at all. */
  readonly linked: boolean;
  tell(message: Message): void;
  /** One at a time among all tabs, in turn; without Web Locks at once. */
  inTurn<T>(what: string, work: () => Promise<T>, options?: LockOptions): Promise<T>;
  close(): void;
}

/** Opens the channel. Outside of pages there are no tabs, even where the means are there. */
export function openTabs(name: string, hear: (message: Message) => void): Tabs {
  const channel =
    page !== null && typeof BroadcastChannel === "function" ? new BroadcastChannel(name) : null;
  // Missing on pages without TLS. Who cannot be told of a turn's outcome gains nothing by waiting.
  const locks: LockManager | undefined = channel === null ? undefined : navigator.locks;
  channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => hear(data));
  return {
    linked: channel !== null,
    tell: (message) => channel?.postMessage(message),
    inTurn: async (what, work, options = {}) =>
      locks === undefined ? await work() : await locks.request(`${name}:${what}`, options, work),
    close: () => channel?.close(),
  };
}

import type { SignedOut, StoredTokens } from "./client-api.js";

/** What tabs tell each other. */
export type Message =
  /** New credentials, or `null`: none any more. */
  | { readonly kind: "tokens"; readonly tokens: StoredTokens | null }
  /** A new tab asks who has credentials. */
  | { readonly kind: "ask" }
  | { readonly kind: "changed" }
  | { readonly kind: "out"; readonly how: SignedOut };

/** The tabs of this browser on this origin; this one is alone where the browser lacks the means. */
export interface Tabs {
  /** Whether others can be heard at all. */
  readonly linked: boolean;
  tell(message: Message): void;
  /** One at a time among all tabs, in turn; without Web Locks at once. */
  inTurn<T>(what: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): void;
}

/** Opens the channel. Outside of pages there are no tabs, even where the means are there. */
export function openTabs(name: string, hear: (message: Message) => void): Tabs {
  const inPage = typeof document === "object";
  const channel =
    inPage && typeof BroadcastChannel === "function" ? new BroadcastChannel(name) : null;
  // Missing on pages without TLS.
  const locks: LockManager | undefined = inPage ? navigator.locks : undefined;
  channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => hear(data));
  return {
    linked: channel !== null,
    tell: (message) => channel?.postMessage(message),
    inTurn: async (what, work, signal) =>
      locks === undefined
        ? await work()
        : await locks.request(`${name}:${what}`, signal === undefined ? {} : { signal }, work),
    close: () => channel?.close(),
  };
}

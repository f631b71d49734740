import type { StoredTokens, TokenStorage } from "./client-api.js";
import { patience } from "./patience.js";
import { pause } from "./pause.js";
import type { Message, Tabs } from "./tabs.js";

/** Credentials in memory, shared by all open tabs. */
export interface TabStorage extends TokenStorage {
  hear(message: Message): void;
}

/** How long other tabs have to receive the result of a refresh before the next one may start, in milliseconds. */
export const HEARING = 1000;
/** How long a tab waits for an answer from another tab, in milliseconds. */
export const ANSWERING = 200;

/** @param isBearer Tabs share credentials, so a tab without any asks the others first. */
export function tabStorage(tabs: Tabs, isBearer: boolean): TabStorage {
  const isAsking = isBearer && tabs.linked;
  let tokens: StoredTokens | null = null;
  let answered = (): void => {};
  /** The abort controllers of work in this tab that waits for its turn. */
  let goOn = async (): Promise<void> => {};
  let heard: Promise<void> | undefined;
  let asked: Promise<void> | undefined;
  // Until there is news: a tab that was busy may answer late, with outdated credentials.
  let isOpen = false;
  /** Our credentials may be used up, so we do not offer them to other tabs. */
  let isAsked = false;

  const ask = (): void => {
    isOpen = isAsked = true;
    asked = new Promise((resolve) => {
      answered = (): void => {
        isAsked = false;
        resolve();
      };
      setTimeout(answered, ANSWERING);
    });
    tabs.tell({ kind: "ask" });
  };
  if (isAsking) {
    // A page restored from the back/forward cache missed messages, and a superseded token would end the session.
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) ask();
    });
  }

  return {
    async read() {
      if (isAsking && !tokens && !asked) ask();
      await asked;
      return tokens;
    },
    async write(changed) {
      tabs.tell({ kind: "tokens", tokens: changed, isNews: true });
      if (tabs.linked) heard = pause(HEARING);
    },
    exclusively: (work) =>
      new Promise((resolve, reject) => {
        goOn = () => work().then(resolve, reject);
        // A message may arrive after the lock is passed on, so give the next holder time to receive it.
        // A holder may hang; the server's `retryWindow` makes a refresh out of turn harmless.
        tabs.inTurn("refresh", () => goOn().then(() => heard), patience());
      }),
    hear(message) {
      const { kind } = message;
      if (kind === "ask" && tokens && !isAsked)
        tabs.tell({ kind: "tokens", tokens, isNews: false });
      if (kind !== "tokens") return;
      if (
        !message.isNews &&
        !(isOpen && (message.tokens?.refreshAt ?? 0) > (tokens?.refreshAt ?? 0))
      )
        return;
      tokens = message.tokens;
      // A later answer may be more recent.
      if (message.isNews) isOpen = false;
      answered();
      // Another tab has done the work, so do not wait any longer.
      if (tokens) goOn();
    },
  };
}

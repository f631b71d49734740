import type { StoredTokens, TokenStorage } from "./client-api.js";
import { patience } from "./patience.js";
import { pause } from "./pause.js";
import type { Message, Tabs } from "./tabs.js";

/** Memory, shared by the tabs that are open. */
export interface TabStorage extends TokenStorage {
  hear(message: Message): void;
}

/** How long the others get to hear of a refresh before the next may begin, in milliseconds. */
export const HEARING = 1000;
/** How long a tab that asks waits for one of the others to answer, in milliseconds. */
export const ANSWERING = 200;

/** `isBearer`: tabs share credentials, so one that has none asks the others first. */
export function tabStorage(tabs: Tabs, isBearer: boolean): TabStorage {
  const isAsking = isBearer && tabs.linked;
  let tokens: StoredTokens | null = null;
  let answered = (): void => {};
  /** Of this tab, while it waits for its turn. */
  let goOn = async (): Promise<void> => {};
  let heard: Promise<void> | undefined;
  let asked: Promise<void> | undefined;
  // Until there is news: a tab that was busy may answer when all that has changed.
  let isOpen = false;
  /** What is held may be used up: it is no answer to anybody. */
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
    // A page that comes back has missed what was said, and a superseded token ends everybody's session.
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
        // A message may arrive later than the lock is handed on: who gets it next must have heard.
        // Whoever holds it may hang; the server's `retryWindow` makes a refresh out of turn harmless.
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
      // A later answer may be better still.
      if (message.isNews) isOpen = false;
      answered();
      // What it waits for has been done, so it need not wait.
      if (tokens) goOn();
    },
  };
}

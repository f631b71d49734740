import type { StoredTokens, TokenStorage } from "./client-api.js";
import { pause } from "./pause.js";
import type { Message, Tabs } from "./tabs.js";

/** Memory, shared by the tabs that are open. */
export interface TabStorage extends TokenStorage {
  hear(message: Message): void;
}

/** How long the others get to hear of a refresh before the next may begin, in milliseconds. */
const HEARING = 100;
/** How long a new tab waits for one of the others to answer, in milliseconds. */
const ANSWERING = 200;

/** `isAsking`: whether a tab without credentials asks the others first. */
export function tabStorage(tabs: Tabs, isAsking: boolean): TabStorage {
  let tokens: StoredTokens | null = null;
  let heard: Promise<void> = Promise.resolve();
  let answered = (): void => {};
  let asked: Promise<void> | undefined;

  const ask = (): Promise<void> => {
    const answer = new Promise<void>((resolve) => {
      answered = resolve;
    });
    tabs.tell({ kind: "ask" });
    return Promise.race([answer, pause(ANSWERING)]);
  };

  return {
    async read() {
      if (tokens === null && isAsking && tabs.linked) {
        asked ??= ask();
        await asked;
      }
      return tokens;
    },
    async write(changed) {
      tokens = changed;
      tabs.tell({ kind: "tokens", tokens });
      if (tabs.linked) heard = pause(HEARING);
    },
    exclusively: (work) =>
      new Promise((resolve, reject) => {
        // A message may arrive later than the lock is handed on: who waits for it must have heard.
        tabs
          .inTurn("refresh", () =>
            work()
              .then(resolve, reject)
              .then(() => heard),
          )
          .catch(reject);
      }),
    hear(message) {
      if (message.kind === "ask" && tokens !== null) tabs.tell({ kind: "tokens", tokens });
      if (message.kind !== "tokens") return;
      tokens = message.tokens;
      answered();
    },
  };
}

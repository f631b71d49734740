import type { StoredTokens, TokenStorage } from "./client-api.js";
import { pause } from "./pause.js";
import type { Message, Tabs } from "./tabs.js";

/** Memory, shared by the tabs that are open. */
export interface TabStorage extends TokenStorage {
  hear(message: Message): void;
}

/** How long the others get to hear of a refresh before the next may begin, in milliseconds. */
const HEARING = 1000;
/** How long a new tab waits for one of the others to answer, in milliseconds. */
const ANSWERING = 200;

/** `isAsking`: whether a tab without credentials asks the others first. */
export function tabStorage(tabs: Tabs, isAsking: boolean): TabStorage {
  let tokens: StoredTokens | null = null;
  let told = (): void => {};
  /** Of this tab, while it waits for its turn. */
  let goOn = async (): Promise<void> => {};
  let heard: Promise<void> | undefined;
  let asked: Promise<void> | undefined;
  // The first answer only: a tab that was busy may answer when all that has changed.
  let isOpen = true;

  return {
    async read() {
      if (tokens === null && isAsking && tabs.linked) {
        if (asked === undefined) {
          tabs.tell({ kind: "ask" });
          asked = Promise.race([
            pause(ANSWERING),
            new Promise<void>((resolve) => {
              told = resolve;
            }),
          ]);
        }
        await asked;
      }
      return tokens;
    },
    async write(changed) {
      tokens = changed;
      isOpen = false;
      tabs.tell({ kind: "tokens", tokens, isNews: true });
      if (tabs.linked) heard = pause(HEARING);
    },
    exclusively: (work) =>
      new Promise((resolve, reject) => {
        goOn = () => work().then(resolve, reject);
        const inTurn = goOn;
        // A message may arrive later than the lock is handed on: who gets it next must have heard.
        tabs.inTurn("refresh", () => inTurn().then(() => heard)).catch(reject);
      }),
    hear(message) {
      const { kind } = message;
      if (kind === "ask" && tokens !== null) tabs.tell({ kind: "tokens", tokens, isNews: false });
      if (kind !== "tokens" || !(message.isNews || isOpen)) return;
      tokens = message.tokens;
      isOpen = false;
      told();
      // What it waits for has been done, so it need not wait.
      if (tokens !== null) goOn();
    },
  };
}

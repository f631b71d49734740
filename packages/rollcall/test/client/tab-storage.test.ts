import type { StoredTokens } from "rollcall/client";
import { expect, onTestFinished, test, vi } from "vitest";
import { type TabStorage, tabStorage } from "../../src/client/tab-storage.js";
import type { Message } from "../../src/client/tabs.js";

// What a tab makes of the others' messages, in orders that browsers give only now and then.

interface Tab {
  readonly storage: TabStorage;
  /** What it said of tokens when it was asked. */
  readonly answers: StoredTokens[];
  comeBack(): void;
}

function openTab(): Tab {
  const answers: StoredTokens[] = [];
  let comeBack = (): void => {};
  vi.stubGlobal("addEventListener", (_: string, listener: (event: object) => void) => {
    comeBack = () => listener({ persisted: true });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const tell = (message: Message): void => {
    storage.hear(message);
    if (message.kind === "tokens" && !message.isNews && message.tokens) {
      answers.push(message.tokens);
    }
  };
  const inTurn = (_: string, work: () => Promise<void>): Promise<void> => work();
  const storage = tabStorage({ linked: true, tell, inTurn }, true);
  return { storage, answers, comeBack };
}

const dueAt = (refreshAt: number): StoredTokens => ({
  accessToken: `access ${refreshAt}`,
  refreshToken: `refresh ${refreshAt}`,
  refreshAt,
});
const answer = (tokens: StoredTokens): Message => ({ kind: "tokens", tokens, isNews: false });
const news = (tokens: StoredTokens | null): Message => ({ kind: "tokens", tokens, isNews: true });

test("of several answers the one that is due last counts, whenever it comes", async () => {
  const { storage } = openTab();
  const first = storage.read();
  storage.hear(answer(dueAt(1)));
  expect(await first).toEqual(dueAt(1));
  storage.hear(answer(dueAt(3)));
  storage.hear(answer(dueAt(2)));
  expect(await storage.read()).toEqual(dueAt(3));
});

test("a page that comes back answers nobody before it has heard", async () => {
  const { storage, answers, comeBack } = openTab();
  await storage.write(dueAt(1));
  comeBack();
  storage.hear({ kind: "ask" });
  expect(answers).toEqual([]);
  storage.hear(answer(dueAt(2)));
  storage.hear({ kind: "ask" });
  expect(answers).toEqual([dueAt(2)]);
});

test("a page that comes back to nobody goes on with what it holds, and answers", async () => {
  const { storage, answers, comeBack } = openTab();
  await storage.write(dueAt(1));
  comeBack();
  expect(await storage.read()).toEqual(dueAt(1));
  storage.hear({ kind: "ask" });
  expect(answers).toEqual([dueAt(1)]);
});

test("after news an answer from before counts no more", async () => {
  const { storage } = openTab();
  const asking = storage.read();
  storage.hear(news(null));
  storage.hear(answer(dueAt(9)));
  expect([await asking, await storage.read()]).toEqual([null, null]);
});

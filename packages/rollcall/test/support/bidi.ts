import { once } from "node:events";
import { WebSocket } from "ws";

/** A browser's end of WebDriver BiDi (W3C): commands that are answered. */
export interface Bidi {
  /** The result of a command; rejects with the browser's own words. */
  send(method: string, parameters?: object): Promise<Readonly<Record<string, unknown>>>;
}

interface Message {
  readonly id?: number;
  readonly type: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly message?: string;
}

interface Waiting {
  resolve(message: Message): void;
  reject(error: Error): void;
}

export async function connectBidi(url: string): Promise<Bidi> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, Waiting>();
  socket.on("message", (data) => {
    const message: Message = JSON.parse(String(data));
    // An event has no id, and nobody has asked for any.
    if (message.id === undefined) return;
    waiting.get(message.id)?.resolve(message);
    waiting.delete(message.id);
  });
  socket.once("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("the browser has gone"));
  });
  await once(socket, "open");
  let last = 0;
  return {
    async send(method, parameters = {}) {
      last += 1;
      const id = last;
      const answer = new Promise<Message>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
      });
      socket.send(JSON.stringify({ id, method, params: parameters }));
      const { type, result, error, message } = await answer;
      if (type !== "success") throw new Error(`${method}: ${error}: ${message}`);
      return result ?? {};
    },
  };
}

import type { SessionsOptions, TokenPair } from "rollcall";
import type { HttpOptions } from "rollcall/http";
import { createHttp, type Http } from "rollcall/http";
import { type Opened, open } from "../support/sessions.js";

export const ORIGIN = "https://app.example";

/** Rollcall over HTTP, without a server. */
export interface App extends Opened {
  readonly http: Http;
  /** Errors that became a 500 or a 503. */
  readonly failures: unknown[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  signIn(user: { type: string; id: string }): Promise<TokenPair>;
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body, or `undefined`. */
  readonly json: unknown;
}

export function request(method: string, path: string, options: CallOptions = {}): Request {
  const headers = new Headers(options.headers);
  if (options.token !== undefined) headers.set("Authorization", `Bearer ${options.token}`);
  const body = typeof options.body === "string" ? options.body : JSON.stringify(options.body);
  return new Request(`${ORIGIN}${path}`, {
    method,
    headers,
    ...(options.body === undefined ? {} : { body }),
  });
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  const json: unknown = isJson && text !== "" ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

export function openApp(
  options: Partial<HttpOptions> = {},
  sessionsOptions: Partial<SessionsOptions> = {},
): App {
  const opened = open(sessionsOptions);
  const failures: unknown[] = [];
  const http = createHttp({
    sessions: opened.sessions,
    clock: opened.clock,
    onError: (error) => failures.push(error),
    ...options,
  });
  return {
    ...opened,
    http,
    failures,
    async call(method, path, callOptions) {
      return await answerOf(await http.fetch(request(method, path, callOptions)));
    },
    async signIn(user) {
      return (await opened.sessions.start(user)).tokens;
    },
  };
}

/** A browser's cookies, by what answers set. */
export function cookieJar(): {
  take(response: Pick<Answer, "headers">): void;
  header(): Record<string, string>;
  readonly cookies: Map<string, string>;
} {
  const cookies = new Map<string, string>();
  return {
    cookies,
    take({ headers }) {
      for (const line of headers.getSetCookie()) {
        const [pair = ""] = line.split(";");
        const name = pair.slice(0, pair.indexOf("="));
        if (/Max-Age=0/.test(line)) cookies.delete(name);
        else cookies.set(name, pair.slice(name.length + 1));
      }
    },
    header: () => ({ Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") }),
  };
}

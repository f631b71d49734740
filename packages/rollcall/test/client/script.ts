import { type Client, type ClientOptions, createClient } from "rollcall/client";
import { onTestFinished, vi } from "vitest";

export const SERVER = "https://app.example";

/** A request as the server of a test sees it. */
export interface Asked {
  readonly request: Request;
  readonly path: string;
  /** The access token that came along. */
  readonly token: string | undefined;
  readonly body: string;
}

/** Has `answer` answer all requests, for the test at hand. Returns them as they come. */
export function script(answer: (asked: Asked) => Response | Promise<Response>): Asked[] {
  const all: Asked[] = [];
  const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const asked: Asked = {
      request,
      path: new URL(request.url).pathname,
      token: request.headers.get("Authorization")?.slice("Bearer ".length),
      body: await request.clone().text(),
    };
    all.push(asked);
    return await new Promise((resolve, reject) => {
      request.signal.addEventListener("abort", () => reject(request.signal.reason));
      if (request.signal.aborted) reject(request.signal.reason);
      Promise.resolve(asked).then(answer).then(resolve, reject);
    });
  });
  onTestFinished(() => spy.mockRestore());
  return all;
}

/** What a sign-in, or a refresh, answers; `expiresIn` in seconds. */
export const tokensOf = (name: string, expiresIn = 600) => ({
  tokens: {
    accessToken: { token: name, expiresIn },
    refreshToken: { token: `refresh-${name}` },
  },
});

/** As Rollcall refuses. */
export const refusal = (errorCode = "EC002"): Response =>
  Response.json(
    { error: "no", errorCode },
    { status: 401, headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' } },
  );

/** A client that is signed in with tokens of that name. */
export async function clientOf(
  name: string,
  expiresIn?: number,
  options?: ClientOptions,
): Promise<Client> {
  const client = createClient({ baseUrl: SERVER, transport: "bearer", ...options });
  onTestFinished(() => client.close());
  await client.signedIn(tokensOf(name, expiresIn));
  return client;
}

/** What the client is told of its sign-out, without a stream that would ask for it. */
export function outsOf(client: Client): unknown[] {
  const outs: unknown[] = [];
  client.onSignedOut((how) => outs.push(how));
  return outs;
}

/** A promise, and the function that keeps it. */
export function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve = (_value: T): void => {};
  const promise = new Promise<T>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

import type { SessionEnded } from "../core/model/session-ended.js";
import type { SignInAnswer, StoredTokens, TokenStorage } from "./client-api.js";
import { patience } from "./patience.js";

/** Sends requests with the credentials of the signed-in user. */
export interface Sender {
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Sends what proves the client where its access token may have run out. */
  prove(path: string, tokens: StoredTokens | null): Promise<Response>;
  adopt(answer: SignInAnswer): Promise<void>;
}

/** A refusal of Rollcall's, as far as it is of use here. */
export interface Refusal {
  readonly error?: string;
  readonly errorCode?: string;
  /** With its date as it comes. */
  readonly sessionEnded?: Omit<SessionEnded, "at"> & { readonly at: string };
}

/** A request's JSON. It would be carried along to wherever a redirect leads. */
export const json = (body: object): RequestInit => ({
  redirect: "error",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/**
 * `auth`: where refresh tokens go. `refused`: the refresh was, so nobody is signed in any more; `known`:
 * and somebody had been; `refusal` and what came before it tell how the session ended.
 */
export function createSender(
  base: URL,
  auth: string,
  isBearer: boolean,
  storage: TokenStorage,
  refused: (known: boolean, how: Refusal["sessionEnded"]) => Promise<void>,
): Sender {
  // Clients that were signed in together do not refresh together.
  const early = 0.05 + 0.1 * Math.random();
  const transport: RequestInit = isBearer ? {} : { credentials: "include" };
  let refreshing: Promise<Response | null> | null = null;

  const send = (request: Request, tokens: StoredTokens | null): Promise<Response> => {
    if (isBearer && tokens) request.headers.set("Authorization", `Bearer ${tokens.accessToken}`);
    return fetch(request, transport);
  };

  const prove: Sender["prove"] = (path, tokens) =>
    fetch(new URL(auth + path, base), {
      ...transport,
      ...json({ refreshToken: tokens?.refreshToken || undefined }),
      method: "POST",
      // All tabs wait for this one.
      signal: patience(),
    });

  const adopt = async ({ tokens, accessExpiresIn }: SignInAnswer): Promise<void> => {
    const lifetime = isBearer ? tokens?.accessToken.expiresIn : accessExpiresIn;
    if (lifetime === undefined) throw new TypeError("answer must be what a sign-in route answered");
    await storage.write({
      // With cookies there is no token to keep, only a mark that tells one from the next.
      accessToken: tokens?.accessToken.token ?? `${Math.random()}`,
      refreshToken: tokens?.refreshToken.token ?? "",
      refreshAt: Date.now() + 1000 * lifetime * (1 - early),
    });
  };

  /** `null`: go on with what is there now. A response: the server could not tell. */
  const refreshNow = async (
    stale: StoredTokens | null,
    earlier: Refusal | null,
  ): Promise<Response | null> => {
    // Another tab, another process or a sign-in may have been here meanwhile.
    const isStale = async (): Promise<boolean> =>
      (await storage.read())?.accessToken === stale?.accessToken;
    if (!(await isStale()) || (isBearer && !stale)) return null;
    const response = await prove("/refresh", stale);
    const refusal = await refusalOf(response);
    if (!refusal && !response.ok) return response;
    const answer: SignInAnswer | null = refusal ? null : await response.json();
    // Somebody who signed in, or out, while it was on its way decides.
    if (!(await isStale())) return null;
    // Where the cookies have been cleared by the refusal before, only that one knew the session.
    const how = refusal?.sessionEnded ?? earlier?.sessionEnded;
    await (answer ? adopt(answer) : refused(stale !== null, how));
    return null;
  };

  /** `signal`: of a request, which hears from `fetch` that it was aborted; so it need not wait. */
  const refresh = (
    stale: StoredTokens | null,
    signal: AbortSignal,
    earlier: Refusal | null = null,
  ): Promise<Response | null> => {
    refreshing ??= storage
      .exclusively(() => refreshNow(stale, earlier))
      .finally(() => {
        refreshing = null;
      });
    const aborted = new Promise<null>((resolve) => {
      signal.onabort = (): void => resolve(null);
      if (signal.aborted) resolve(null);
    });
    return Promise.race([refreshing, aborted]);
  };

  return {
    adopt,
    prove,
    async fetch(input, init) {
      const make = (): Request =>
        new Request(input instanceof Request ? input.clone() : new URL(input, base), init);
      const request = make();
      // Credentials go to one server only.
      if (new URL(request.url).origin !== base.origin) return await fetch(request);
      let tokens = await storage.read();
      let unknown: Response | null = null;
      if (tokens && Date.now() >= tokens.refreshAt) {
        // It may be good for a while yet, and whether it is, the server will say.
        unknown = await refresh(tokens, request.signal).catch(() => null);
        tokens = await storage.read();
      }
      const response = await send(request, tokens);
      // A stream can be read but once, and who sends one must say so by `duplex`.
      if (init && "duplex" in init) return response;
      const refusal = await refusalOf(response);
      if (!refusal) return response;
      unknown ??= await refresh(tokens, request.signal, refusal);
      // Each of those who waited for it reads it for itself.
      if (unknown) return unknown.clone();
      const renewed = await storage.read();
      return renewed ? await send(make(), renewed) : response;
    },
  };
}

/** What Rollcall said when it refused the credentials; `null`: it did not, the application a password say. */
export async function refusalOf(response: Response): Promise<Refusal | null> {
  if (response.status !== 401) return null;
  // A framework may have put an answer of its own in place of Rollcall's; HEAD has none.
  const text = await response.clone().text();
  const challenge = response.headers.get("WWW-Authenticate") ?? "";
  if (!/^Bearer( error|$)/.test(challenge) && !/"EC00[12]"/.test(text)) return null;
  return await response
    .clone()
    .json()
    .catch(() => ({}));
}

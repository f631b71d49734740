import type { SessionEnded } from "../core/model/session-ended.js";
import type { SignInAnswer, StoredTokens, TokenStorage } from "./client-api.js";
import type { RequiredAuthentication } from "./client-error.js";
import { patience } from "./patience.js";

/** Sends requests with the credentials of the signed-in user. */
export interface Sender {
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Sends the credentials in a request whose access token may have expired. */
  prove(path: string, tokens: StoredTokens | null): Promise<Response>;
  adopt(answer: SignInAnswer): Promise<void>;
}

/** The part of Rollcall's refusal that is used here. */
export interface Refusal {
  readonly error?: string;
  readonly errorCode?: string;
  /** With EC006. */
  readonly required?: RequiredAuthentication;
  /** With its date as a string. */
  readonly sessionEnded?: Omit<SessionEnded, "at"> & { readonly at: string };
}

/** A request with a JSON body. Redirects are errors, since they would carry the body to another server. */
export const json = (body: object): RequestInit => ({
  redirect: "error",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/**
 * @param auth The address of the refresh and logout routes.
 * @param refused Called when a refresh was refused, so nobody is signed in any more. `known`: somebody was
 *   signed in before. `refusal` tells how the session ended.
 */
export function createSender(
  base: URL,
  auth: string,
  isBearer: boolean,
  storage: TokenStorage,
  refused: (known: boolean, how: Refusal["sessionEnded"]) => Promise<void>,
): Sender {
  // Random, so that clients that signed in at the same time do not refresh at the same time.
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
      // All tabs wait for this request, so it needs a time limit.
      signal: patience(),
    });

  const adopt = async ({ tokens, accessExpiresIn }: SignInAnswer): Promise<void> => {
    const lifetime = isBearer ? tokens?.accessToken.expiresIn : accessExpiresIn;
    if (lifetime === undefined) throw new TypeError("answer must be a sign-in's");
    await storage.write({
      // With cookies there is no token to store, only a mark that tells one refresh from the next.
      accessToken: tokens?.accessToken.token ?? `${Math.random()}`,
      refreshToken: tokens?.refreshToken.token ?? "",
      refreshAt: Date.now() + 1000 * lifetime * (1 - early),
    });
  };

  /** `null`: continue with the stored credentials. A response: the server could not decide. */
  const refreshNow = async (
    stale: StoredTokens | null,
    earlier: Refusal | null,
  ): Promise<Response | null> => {
    // Another tab, another process or a sign-in may have changed the credentials in the meantime.
    const isStale = async (): Promise<boolean> =>
      (await storage.read())?.accessToken === stale?.accessToken;
    if (!(await isStale()) || (isBearer && !stale)) return null;
    const response = await prove("/refresh", stale);
    const refusal = await refusalOf(response);
    if (!refusal && !response.ok) return response;
    const answer: SignInAnswer | null = refusal ? null : await response.json();
    // A sign-in or sign-out during the request takes precedence.
    if (!(await isStale())) return null;
    // If the previous refusal cleared the cookies, only that one knew the session.
    const how = refusal?.sessionEnded ?? earlier?.sessionEnded;
    await (answer ? adopt(answer) : refused(stale !== null, how));
    return null;
  };

  /** @param signal Of the request: when it aborts, stop waiting; `fetch` then reports it. */
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
      // Send credentials to our server only.
      if (new URL(request.url).origin !== base.origin) return await fetch(request);
      let tokens = await storage.read();
      let unknown: Response | null = null;
      if (tokens && Date.now() >= tokens.refreshAt) {
        // The token may still be valid; the server decides.
        unknown = await refresh(tokens, request.signal).catch(() => null);
        tokens = await storage.read();
      }
      let response = await send(request, tokens);
      // Twice: a refresh that is repeated may give tokens that are outdated already (contract §5.9).
      for (let left = isBearer ? 2 : 1; left--; ) {
        // A stream can be read only once, so such a request cannot be repeated.
        if (init && "duplex" in init) break;
        const refusal = await refusalOf(response);
        if (!refusal) break;
        unknown ??= await refresh(tokens, request.signal, refusal);
        // Every caller that waited for it reads its own copy.
        if (unknown) return unknown.clone();
        tokens = await storage.read();
        if (!tokens) break;
        response = await send(make(), tokens);
      }
      return response;
    },
  };
}

/** Rollcall's refusal of the credentials; `null` if the 401 is not from Rollcall, such as for a wrong password. */
export async function refusalOf(response: Response): Promise<Refusal | null> {
  if (response.status !== 401) return null;
  // A framework may have replaced the body; HEAD has none.
  const text = await response.clone().text();
  const challenge = response.headers.get("WWW-Authenticate") ?? "";
  if (!/^Bearer( error|$)/.test(challenge) && !/"EC00[12]"/.test(text)) return null;
  return await response
    .clone()
    .json()
    .catch(() => ({}));
}

import type { SignInAnswer, StoredTokens, TokenStorage } from "./client-api.js";

/** Sends requests with the credentials of whoever is signed in. */
export interface Sender {
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  adopt(answer: SignInAnswer): Promise<void>;
  /** The body that proves a bearer client where its access token may have run out. */
  proof(): Promise<{ readonly refreshToken: string | undefined }>;
}

interface SenderTerms {
  readonly base: URL;
  readonly refreshUrl: URL;
  readonly isBearer: boolean;
  readonly storage: TokenStorage;
  /** The refresh was refused: nobody is signed in any more. `known`: and somebody was. */
  refused(known: boolean): Promise<void>;
}

/** How long a refresh may take, in milliseconds. */
const PATIENCE = 20_000;

export function createSender(terms: SenderTerms): Sender {
  const { base, isBearer, storage } = terms;
  // Clients that were signed in together do not refresh together.
  const early = 0.05 + 0.1 * Math.random();
  let refreshing: Promise<Response | null> | null = null;

  const send = (request: Request, tokens: StoredTokens | null): Promise<Response> => {
    if (!isBearer) return fetch(request, { credentials: "include" });
    if (tokens !== null) request.headers.set("Authorization", `Bearer ${tokens.accessToken}`);
    return fetch(request);
  };

  const proof: Sender["proof"] = async () => ({
    refreshToken: (await storage.read())?.refreshToken || undefined,
  });

  const adopt = async ({ tokens, accessExpiresIn = 0 }: SignInAnswer): Promise<void> => {
    const lifetime = 1000 * (tokens?.accessToken.expiresIn ?? accessExpiresIn);
    await storage.write({
      // With cookies there is no token to keep, only a mark that tells one from the next.
      accessToken: tokens?.accessToken.token ?? `${Math.random()}`,
      refreshToken: tokens?.refreshToken.token ?? "",
      refreshAt: Date.now() + lifetime * (1 - early),
    });
  };

  /** `null`: go on with what is there now. A response: the server could not tell. */
  const refreshNow = async (stale: StoredTokens | null): Promise<Response | null> => {
    // Another tab, another process or a sign-in may have been here meanwhile.
    const isStale = async (): Promise<boolean> =>
      (await storage.read())?.accessToken === stale?.accessToken;
    if (!(await isStale()) || (isBearer && stale === null)) return null;
    const response = await fetch(terms.refreshUrl, {
      method: "POST",
      // It would carry the body to wherever it leads.
      redirect: "error",
      // All tabs wait for this one.
      signal: AbortSignal.timeout(PATIENCE),
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(await proof()),
      ...(isBearer ? {} : { credentials: "include" }),
    });
    if (!response.ok && response.status !== 401) return response;
    // Somebody who signed in meanwhile stays.
    if (!(await isStale())) return null;
    if (response.ok) await adopt(await response.json());
    else await terms.refused(stale !== null);
    return null;
  };

  const refresh = (stale: StoredTokens | null): Promise<Response | null> => {
    refreshing ??= storage
      .exclusively(() => refreshNow(stale))
      .finally(() => {
        refreshing = null;
      });
    return refreshing;
  };

  return {
    adopt,
    proof,
    async fetch(input, init) {
      const request = new Request(input instanceof Request ? input : new URL(input, base), init);
      // Credentials are for one server.
      if (new URL(request.url).origin !== base.origin) return await fetch(request);
      let tokens = await storage.read();
      if (tokens !== null && Date.now() >= tokens.refreshAt) {
        // It may be good for a while yet, and whether it is, the server will say.
        await refresh(tokens).catch(() => null);
        tokens = await storage.read();
      }
      // A stream can be read but once.
      const again = init?.body instanceof ReadableStream ? null : request.clone();
      const response = await send(request, tokens);
      if (again === null || !(await isRefused(response))) return response;
      const unknown = await refresh(tokens);
      // Each of those who waited for it reads it for itself.
      if (unknown !== null) return unknown.clone();
      const renewed = await storage.read();
      return renewed === null ? response : await send(again, renewed);
    },
  };
}

/** Whether Rollcall has refused the credentials, rather than the application a password. */
async function isRefused(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const text = await response.clone().text();
  return /"EC00[12]"/.test(text);
}

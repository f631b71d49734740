import type { Session } from "../core/model/session-view.js";

/** A session as its owner sees it: docs/contract.md §1.3, with dates. */
export interface ListedSession
  extends Pick<
    Session,
    | "deviceInfo"
    | "device"
    | "name"
    | "createdAt"
    | "lastUsedAt"
    | "lastIp"
    | "expiresAt"
    | "kind"
    | "authenticatedAt"
    | "methods"
    | "level"
    | "deviceId"
    | "actor"
    | "scopes"
  > {
  readonly id: string;
  /** Whether it is the session that asks. */
  readonly current: boolean;
}

/** A page of the caller's sessions, newest sign-in first. */
export interface ListedSessions {
  readonly sessions: readonly ListedSession[];
  /** Present only when there is more. */
  readonly nextCursor?: string;
}

/** What an API key is to be. */
export interface ApiKeyRequest {
  /** What its owner knows it by: 1 to 64 characters. */
  readonly name: string;
  /** What it may do, of what the application offers. */
  readonly scopes: readonly string[];
  /** When it ends; left out: when the application says, or never. */
  readonly expiresAt?: Date;
}

/** A new API key. */
export interface ListedApiKey {
  readonly session: ListedSession;
  /** The key itself, to show its owner this once. */
  readonly token: string;
}

/** How the caller's session ended. */
export interface SignedOut {
  /**
   * `signed_out`: by this very client; else the reason the server gave (`revoked`, `revoke_others`,
   * `revoke_all`, `expired` …), or `unknown` where it did not say.
   */
  readonly reason: string;
  /** Who did it, as far as the server said. */
  readonly by: {
    readonly kind: "self" | "user" | "admin" | "system";
    /** "Chrome on Android", or the name its owner gave that session. */
    readonly device: string | null;
  } | null;
}

/** The tokens of one client, as a {@link TokenStorage} keeps them. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** A little before the access token runs out: milliseconds since the epoch, by this machine's clock. */
  readonly refreshAt: number;
}

/**
 * Where a bearer client keeps its tokens. Several processes may share one storage: `exclusively`
 * runs one refresh at a time among all of them.
 */
export interface TokenStorage {
  read(): Promise<StoredTokens | null>;
  write(tokens: StoredTokens | null): Promise<void>;
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** What a sign-in route answers: tokens, or with the cookie transport their ends. */
export interface SignInAnswer {
  readonly tokens?: {
    readonly accessToken: { readonly token: string; readonly expiresIn: number };
    readonly refreshToken: { readonly token: string };
  };
  /** In seconds. */
  readonly accessExpiresIn?: number;
}

/** Options of `createClient`. */
export interface ClientOptions {
  /**
   * Where the server is, such as `"https://api.example"`.
   * @default the page's own origin
   * @remarks Outside of browsers, and when the API has an origin of its own.
   */
  readonly baseUrl?: string;
  /**
   * How tokens travel.
   * @default "cookie" in browsers, "bearer" elsewhere
   * @remarks To `"bearer"` in a browser when the server has no cookies.
   */
  readonly transport?: "bearer" | "cookie";
  /**
   * Where tokens are kept; bearer only.
   * @default memory, shared by the tabs that are open
   * @remarks To keep people signed in when an app or a tool is started again.
   */
  readonly storage?: TokenStorage;
  /** Where the server has its routes. @default `{ account: "/account", auth: "/auth" }` */
  readonly paths?: {
    /** `paths.account` of `createHttp`. @default "/account" */
    readonly account?: string;
    /** `paths.auth` of `createHttp`. @default "/auth" */
    readonly auth?: string;
  };
}

/** Sessions seen from the client's side. Made by `createClient`. */
export interface Client {
  /**
   * `fetch` with the credentials of whoever is signed in: refreshed before they run out, and once
   * more, with one retry of the request, when the server refuses them. Relative addresses are taken
   * from `baseUrl`; credentials go to its origin only. The answer is the server's, a 401 too.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Takes over what a sign-in route answered. @throws TypeError for anything else, and keeps what was there. */
  signedIn(answer: SignInAnswer): Promise<void>;
  /**
   * Ends this session. Tokens are forgotten at once; cookies only the server can clear.
   * @throws ClientError when it could not be told.
   */
  signOut(): Promise<void>;
  readonly sessions: {
    /** @throws ClientError */
    list(page?: { readonly limit?: number; readonly cursor?: string }): Promise<ListedSessions>;
    /** Ends one session. `false`: there is none of that id. @throws ClientError */
    revoke(id: string): Promise<boolean>;
    /** Ends all but this one; returns how many. @throws ClientError */
    revokeOthers(): Promise<number>;
    /** Ends all of them, this one too. @throws ClientError */
    revokeAll(): Promise<void>;
    /** Names a session, or clears its name with `null`. `null`: there is none of that id. @throws ClientError */
    rename(id: string, name: string | null): Promise<ListedSession | null>;
  };
  /**
   * Makes an API key: a token for a program, which is shown this once. Needs `apiKeys` of `createHttp`.
   * @throws ClientError
   */
  createApiKey(request: ApiKeyRequest): Promise<ListedApiKey>;
  /** Calls when this session has ended, whoever did it. Returns the function that stops it. */
  onSignedOut(listener: (how: SignedOut) => void): () => void;
  /**
   * Calls when the list may have changed: read it again. One stream serves all tabs of a browser;
   * where there can be none, it is asked for at intervals. Returns the function that stops it.
   */
  onSessionsChanged(listener: () => void): () => void;
  /** Stops the stream and forgets the listeners; the session stays, and the client can be used on. */
  close(): void;
}

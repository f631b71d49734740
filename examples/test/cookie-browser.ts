/** How the browser knows the application, wherever that listens. */
export const ORIGIN = "https://www.app.example";
/** The domain it shares with others, who can set cookies for all of it. */
export const SHARED_DOMAIN = "app.example";

/** What has the browser ask: a page of the application's own, or something on one of another site. */
export type Initiator =
  | "own page"
  | "link on another site"
  | "form on another site"
  | "image on another site";

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** How often it was sent on. */
  readonly redirects: number;
}

/** A browser as far as its cookies go: it keeps and sends them as RFC 6265 says, also after a 307. */
export interface Browser {
  /** Gives the answer when all of it is here: some servers save on its last byte. */
  send(method: string, path: string, body?: unknown, initiator?: Initiator): Promise<Answer>;
  /** The status and the parsed body. */
  json(method: string, path: string): Promise<[status: number, body: unknown]>;
  /** The names of the cookies it holds. */
  cookies(): string[];
  /** The value of one of them. */
  cookie(name: string): string | undefined;
  /** Is told a `Set-Cookie`, by the application or by whoever shares its domain. */
  take(line: string): void;
  /** Hears of each time that it is sent on, before it asks again. */
  onRedirect(listener: (redirects: number) => void): void;
  /** Another application at what is the same address for the browser. */
  goTo(url: string): void;
  /** Whoever got hold of its cookies. */
  copy(): Browser;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  /** `null`: for this host alone. */
  readonly domain: string | null;
  readonly path: string;
  readonly sameSite: string;
}

const HOST = new URL(ORIGIN).hostname;
/** Chromium's limit, behind which is ERR_TOO_MANY_REDIRECTS. */
const MAX_REDIRECTS = 20;

export function openBrowser(url: string, kept: readonly Cookie[] = []): Browser {
  let jar = kept;
  const state = { url, onRedirect: (_redirects: number): void => {} };

  const take = (line: string, requestPath = "/", initiator: Initiator = "own page"): void => {
    const { cookie, isOver, isAllowed } = parse(line, requestPath);
    if (!isAllowed || !isKept(cookie, initiator)) return;
    const at = jar.findIndex((known) => isSame(known, cookie));
    if (isOver) jar = jar.filter((known) => !isSame(known, cookie));
    else jar = at < 0 ? [...jar, cookie] : jar.with(at, cookie);
  };

  const ask = async (
    method: string,
    path: string,
    body: unknown,
    initiator: Initiator,
    redirects: number,
  ): Promise<Answer> => {
    if (redirects > MAX_REDIRECTS) throw new Error("ERR_TOO_MANY_REDIRECTS");
    const headers = new Headers(FETCH_METADATA[initiator]);
    // The more specific path first, then the older one (§5.4).
    const sent = jar
      .filter((cookie) => covers(cookie.path, path) && isSent(cookie, initiator))
      .toSorted((one, other) => other.path.length - one.path.length);
    if (sent.length > 0) {
      headers.set("Cookie", sent.map(({ name, value }) => `${name}=${value}`).join("; "));
    }
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const answer = await fetch(`${state.url}${path}`, {
      method,
      headers,
      redirect: "manual",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) take(line, path, initiator);
    const text = await answer.text();
    if (answer.status !== 307) return { status: answer.status, text, redirects };
    const location = answer.headers.get("location");
    if (!location?.startsWith(`${ORIGIN}/`)) throw new Error(`it is sent away, to ${location}`);
    state.onRedirect(redirects + 1);
    return await ask(method, location.slice(ORIGIN.length), body, initiator, redirects + 1);
  };

  const send: Browser["send"] = (method, path, body, initiator = "own page") =>
    ask(method, path, body, initiator, 0);

  return {
    send,
    async json(method, path) {
      const { status, text } = await send(method, path);
      return [status, JSON.parse(text)];
    },
    cookies: () => jar.map(({ name }) => name),
    cookie: (wanted) => jar.find(({ name }) => name === wanted)?.value,
    take: (line) => take(line),
    onRedirect(listener) {
      state.onRedirect = listener;
    },
    goTo(other) {
      state.url = other;
    },
    copy: () => openBrowser(state.url, jar),
  };
}

const FETCH_METADATA: Readonly<Record<Initiator, Readonly<Record<string, string>>>> = {
  "own page": { "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty", Origin: ORIGIN },
  "link on another site": { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document" },
  "form on another site": {
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Dest": "document",
    Origin: "https://other.example",
  },
  "image on another site": { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image" },
};

/** A `Set-Cookie` (§5.2, §5.3), and whether this host may set it so. */
function parse(
  line: string,
  requestPath: string,
): { cookie: Cookie; isOver: boolean; isAllowed: boolean } {
  const [pair = "", ...rest] = line.split("; ");
  const name = pair.slice(0, pair.indexOf("="));
  const attributes = new Map(
    rest.map((attribute) => {
      const [key = "", value = ""] = attribute.split("=");
      return [key.toLowerCase(), value];
    }),
  );
  const domain = attributes.get("domain") ?? null;
  const folder = requestPath.replace(/[?#].*/s, "").replace(/\/[^/]*$/, "") || "/";
  const path = attributes.get("path") ?? folder;
  const sameSite = attributes.get("samesite")?.toLowerCase() ?? "lax";
  const maxAge = attributes.get("max-age");
  const expires = attributes.get("expires");
  const isSecure = attributes.has("secure");
  return {
    cookie: { name, value: pair.slice(name.length + 1), domain, path, sameSite },
    isOver:
      maxAge === undefined
        ? expires !== undefined && Date.parse(expires) <= Date.now()
        : Number(maxAge) <= 0,
    isAllowed:
      (domain === null || HOST === domain || HOST.endsWith(`.${domain}`)) &&
      (!name.startsWith("__Secure-") || isSecure) &&
      (!name.startsWith("__Host-") || (isSecure && domain === null && path === "/")),
  };
}

/** One takes the place of the other, or clears it (§5.3 step 11). */
function isSame(one: Cookie, other: Cookie): boolean {
  return one.name === other.name && one.domain === other.domain && one.path === other.path;
}

function covers(path: string, requestPath: string): boolean {
  return requestPath === path || requestPath.startsWith(path.endsWith("/") ? path : `${path}/`);
}

function isSent({ sameSite }: Cookie, initiator: Initiator): boolean {
  return initiator === "own page" || initiator === "link on another site" || sameSite === "none";
}

function isKept({ sameSite }: Cookie, initiator: Initiator): boolean {
  return initiator !== "image on another site" || sameSite === "none";
}

import type { RequestHead } from "../http/request-head.js";

/** The part of `cookies()` of `next/headers` that Rollcall needs. */
export interface CookieJar {
  getAll(): readonly { readonly name: string; readonly value: string }[];
  set(cookie: NextCookie): unknown;
}

/** A cookie as Next takes it. */
export interface NextCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: "lax" | "none";
  readonly maxAge?: number;
}

/**
 * The headers of the request, with the current cookies. If a proxy or a server action sets cookies,
 * Next updates only what `cookies()` returns, not `headers()`.
 */
export function withCookies(
  headers: RequestHead["headers"],
  jar: CookieJar,
): RequestHead["headers"] {
  return {
    get(name) {
      if (name !== "cookie") return headers.get(name);
      // Next has decoded them: a value with a semicolon in it must not become another cookie.
      const plain = jar.getAll().filter(({ value }) => !value.includes(";"));
      return plain.map((cookie) => `${cookie.name}=${cookie.value}`).join("; ");
    },
  };
}

/** Hands the cookies of an answer to Next, for answers that Next makes. */
export function keepCookies(headers: Headers | null, jar: CookieJar): void {
  for (const line of headers?.getSetCookie() ?? []) jar.set(toCookie(line));
}

/** Reads a `Set-Cookie` of Rollcall's own, and only the attributes that those have. */
function toCookie(line: string): NextCookie {
  const [pair = "", ...attributes] = line.split("; ");
  const at = pair.indexOf("=");
  const [, maxAge] = /; Max-Age=(\d+)/.exec(line) ?? [];
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    path: "/",
    httpOnly: true,
    secure: attributes.includes("Secure"),
    sameSite: attributes.includes("SameSite=None") ? "none" : "lax",
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
  };
}

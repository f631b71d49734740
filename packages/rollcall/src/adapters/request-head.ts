import type { RequestHead } from "../http/request-head.js";

/** The part of a `node:http` request that guards see. */
export interface Incoming {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Set by frameworks that remove the path a handler is mounted under from `url`. */
  readonly originalUrl?: string | undefined;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
}

/** Cheaper than a `Request`. Outgoing headers are stored under it, so make one per request. */
export function headOf({ method = "GET", url, originalUrl = url, headers }: Incoming): RequestHead {
  return {
    method,
    url: originalUrl,
    headers: {
      get(name) {
        const value = headers[name];
        return typeof value === "string" ? value : (value?.join(", ") ?? null);
      },
    },
  };
}

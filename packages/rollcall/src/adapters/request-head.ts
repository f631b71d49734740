import type { RequestHead } from "../http/request-head.js";

/** What of a request of `node:http` guards see. */
export interface Incoming {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Where a framework has cut off what the handler is mounted under. */
  readonly originalUrl?: string | undefined;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
}

/** Without the cost of a `Request`. What goes out is kept by it, so one request has one head. */
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

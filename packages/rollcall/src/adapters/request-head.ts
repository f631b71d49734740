import type { RequestHead } from "../http/request-head.js";

/** What of a request of `node:http` credentials are read from. */
export interface Incoming {
  readonly method?: string | undefined;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
}

/** Without the cost of a `Request`. What goes out is kept by it, so one request has one head. */
export function headOf({ method = "GET", headers }: Incoming): RequestHead {
  return {
    method,
    headers: {
      get(name) {
        const value = headers[name];
        return typeof value === "string" ? value : (value?.join(", ") ?? null);
      },
    },
  };
}

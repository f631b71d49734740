import type { SessionsOptions } from "rollcall";

/** What people may let their API keys do. */
export const SCOPES = ["articles:read", "articles:write"] as const;

/** "Stay signed in" is a choice between two kinds of sessions. */
export const kinds = {
  /** Ends with the browser, or when it was not used for a day. */
  browser: { persistent: false },
  remembered: { absoluteTimeout: "180d" },
  /** An API key. Secret scanners know the demo's by how they begin. */
  key: { refresh: false, prefix: "rollcalldemo", absoluteTimeout: "365d" },
} satisfies SessionsOptions["kinds"];

/** The kind of a sign-in in a browser. */
export function kindOf(isRemembered: boolean): "remembered" | "browser" {
  return isRemembered ? "remembered" : "browser";
}

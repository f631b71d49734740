import type { SessionsOptions } from "rollcall";

/** "Stay signed in" is a choice between two kinds of sessions. */
export const kinds = {
  /** Ends with the browser, or when it was not used for a day. */
  browser: { persistent: false },
  remembered: { absoluteTimeout: "180d" },
} satisfies SessionsOptions["kinds"];

/** The kind of a sign-in in a browser. */
export function kindOf(isRemembered: boolean): keyof typeof kinds {
  return isRemembered ? "remembered" : "browser";
}

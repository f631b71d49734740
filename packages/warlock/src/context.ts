import type { Clock, SessionStore, Sessions } from "rollcall";
import type { Http } from "rollcall/http";
import type { AuthConfigurations } from "./auth/configurations.js";

/** What the names of the package work on: they are module-wide there, so there is one application. */
export interface WarlockContext {
  readonly auth: AuthConfigurations;
  readonly sessions: Sessions;
  readonly store: SessionStore;
  readonly http: Http;
  readonly clock: Pick<Clock, "now">;
}

let current: WarlockContext | null = null;

/** The application made last is the one that `authService` and the others speak for. */
export function setContext(context: WarlockContext | null): void {
  current = context;
}

/** @throws TypeError before `createWarlockApp`. */
export function context(): WarlockContext {
  if (current === null) throw new TypeError("call createWarlockApp first: nothing is set up yet");
  return current;
}

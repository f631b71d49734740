import { EventEmitter } from "node:events";
import type { Clock, SessionStore, Sessions } from "rollcall";
import type { Http } from "rollcall/http";
import type { Middleware, Route } from "./core/route.js";
import type { Sent } from "./core/sent.js";

/** The part of a user model that finds who a token is about. */
export interface UserFinder {
  find(id: Sent): Promise<Sent>;
}

/** What `jwt` signs with. */
export interface JwtKeys {
  readonly access: string;
  readonly refresh: string;
  readonly algorithm: "HS256" | "HS384" | "HS512";
}

/** The application that `createWarlockApp` made last: the package's names speak for it. */
export interface Running {
  /** As it was given, for `config`. */
  readonly auth: object;
  readonly models: Readonly<Record<string, UserFinder>>;
  readonly hasRefreshTokens: boolean;
  readonly logoutWithoutToken: "revoke-all" | "error";
  readonly jwt: JwtKeys;
  /** Ids of access tokens that were taken away, with the time when each runs out. */
  readonly removedTokens: Map<string, number>;
  readonly sessions: Sessions;
  readonly store: SessionStore;
  readonly http: Http;
  readonly clock: Pick<Clock, "now">;
  readonly onError: ((error: unknown) => void) | undefined;
}

/** All that this package keeps between calls. */
export interface State {
  running: Running | null;
  readonly routing: {
    /** Registered so far, first come first served. */
    readonly routes: Route[];
    /** Of the groups around the callback that runs now. */
    prefixes: readonly string[];
    around: readonly Middleware[];
  };
  /** By whatever name: code without types may have events of its own. */
  readonly listeners: EventEmitter;
  readonly passwords: {
    /**
     * Checked in place of a missing hash, so that the time it takes does not tell which accounts
     * exist. It is the hash that was checked last: most of those of an application cost the same.
     */
    decoy: string | undefined;
    isOrderToldOf: boolean;
  };
}

/** The state of this process: there is one application in it, as with the package. */
export const state: State = {
  running: null,
  routing: { routes: [], prefixes: [], around: [] },
  listeners: new EventEmitter().setMaxListeners(0),
  passwords: { decoy: undefined, isOrderToldOf: false },
};

/** @throws TypeError before `createWarlockApp`. */
export function running(): Running {
  if (state.running !== null) return state.running;
  throw new TypeError("call createWarlockApp first: nothing is set up yet");
}

/** The model of a user type; `undefined` where the application has none. */
export function finderOf(models: Running["models"], type: string): UserFinder | undefined {
  return Object.hasOwn(models, type) ? models[type] : undefined;
}

/** Logs what nobody can be answered with. */
export function report(what: string, error: unknown): void {
  try {
    const { onError } = state.running ?? {};
    if (onError === undefined) console.error(`rollcall-warlock: ${what}:`, error);
    else onError(error);
  } catch {
    // A log that fails breaks nothing.
  }
}

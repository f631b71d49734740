import type { ListedSession, SignedOut } from "../client/client-api.js";
import type { RequiredAuthentication } from "../client/client-error.js";
import type { Problem } from "./problem.js";

/** What the person asked for; `create-key` in `<rollcall-api-keys>` only. */
export type SessionsAction =
  | "create-key"
  | "list"
  | "sign-out"
  | "sign-out-others"
  | "sign-out-everywhere"
  | "rename";

/** `rollcall-revoked`: the person ended other sessions here. */
export interface RevokedDetail {
  readonly action: "sign-out" | "sign-out-others";
  /** The session that ended; `null` if all others did. */
  readonly sessionId: string | null;
}

/** `rollcall-renamed`: the person named a session, or cleared its name. */
export interface RenamedDetail {
  readonly session: ListedSession;
}

/** `rollcall-signed-out`: this session has ended, whoever ended it. */
export interface SignedOutDetail extends SignedOut {
  /** Whether the person ended it on this screen. */
  readonly here: boolean;
  /** Why, in the language of the element; empty when there is nothing to explain. */
  readonly message: string;
}

/** `rollcall-reauthenticate`: the server wants a fresh or a stronger sign-in first (EC006). */
export interface ReauthenticateDetail {
  readonly action: SessionsAction;
  /** What it has to be like, where the server said so. */
  readonly required: RequiredAuthentication | null;
  /**
   * Repeats the action after the page has signed the person in again. Works once, and not if the
   * person has started something else.
   */
  readonly retry: () => void;
}

/** `rollcall-key-created`: the person made an API key. The key itself is not told to the page. */
export interface KeyCreatedDetail {
  readonly session: ListedSession;
}

/** `rollcall-error`: an action failed. The element already shows it. */
export interface ErrorDetail {
  readonly action: SessionsAction;
  readonly problem: Problem;
}

/** The events of the elements. All bubble and are composed. */
export interface SessionsEventMap {
  "rollcall-revoked": CustomEvent<RevokedDetail>;
  "rollcall-renamed": CustomEvent<RenamedDetail>;
  "rollcall-signed-out": CustomEvent<SignedOutDetail>;
  "rollcall-sign-in": CustomEvent<null>;
  "rollcall-reauthenticate": CustomEvent<ReauthenticateDetail>;
  "rollcall-error": CustomEvent<ErrorDetail>;
  /** Of `<rollcall-api-keys>` only. */
  "rollcall-key-created": CustomEvent<KeyCreatedDetail>;
}

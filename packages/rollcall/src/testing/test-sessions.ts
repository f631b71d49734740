import { createSessions } from "../core/create-sessions.js";
import type { SignIn } from "../core/model/answers.js";
import type { StartOptions } from "../core/model/call-options.js";
import type { Principal } from "../core/model/credentials.js";
import type { UserReference } from "../core/model/user.js";
import type { Sessions } from "../core/sessions-api.js";
import type { SessionsOptions } from "../core/sessions-options.js";
import { memory } from "../stores/memory/index.js";
import { type ManualClock, manualClock } from "./manual-clock.js";

/** What {@link createTestSessions} leaves to you. */
export type TestSessionsOptions = Partial<Omit<SessionsOptions, "secret" | "keys" | "clock">>;

/** A user who is signed in. */
export interface TestSignIn extends SignIn {
  /** What `verify` and a guard say of the access token. */
  readonly principal: Principal;
  /** For a request as this user, over HTTP or through your handler. */
  readonly headers: { readonly Authorization: string };
}

/** Made by {@link createTestSessions}. */
export interface TestSessions {
  /** Give it to your application in place of the real one. */
  readonly sessions: Sessions;
  /** Stands still until you move it. */
  readonly clock: ManualClock;
  /** Signs a user in without a password. */
  signIn(user: UserReference, options?: StartOptions): Promise<TestSignIn>;
}

/** It signs nothing that anybody should trust. */
const SECRET = "a secret for tests, known to everybody";

/**
 * Makes sessions for unit tests of your own code: in memory, on a clock that you move, so that a test needs
 * no database, no login form and no waiting. Call `sessions.close()` when the test is over.
 *
 * @example
 * ```ts
 * import { createTestSessions } from "rollcall/testing";
 *
 * const { sessions, clock, signIn } = createTestSessions({ idleTimeout: "1h" });
 * const { headers, principal } = await signIn({ type: "user", id: "ada" });
 * const request = new Request("https://app.example/orders", { headers });
 * console.log(request.headers.get("Authorization"), principal.user.id);
 *
 * clock.advance(2 * 60 * 60 * 1000); // the session is over now
 * await sessions.close();
 * ```
 */
export function createTestSessions(options: TestSessionsOptions = {}): TestSessions {
  const clock = manualClock();
  const sessions = createSessions({ store: memory(), ...options, secret: SECRET, clock });
  return {
    sessions,
    clock,
    async signIn(user, startOptions) {
      const signIn = await sessions.start(user, startOptions);
      const { token } = signIn.tokens.accessToken;
      const principal = await sessions.verify(token);
      return { ...signIn, principal, headers: { Authorization: `Bearer ${token}` } };
    },
  };
}

import type { Duration } from "./duration.js";
import type { User } from "./model/user.js";

/** Options of a kind of sessions: `kinds` of `createSessions`. */
export interface KindOptions {
  /**
   * A session of this kind ends after lying idle this long.
   * @default that of all sessions; none where `refresh` is false
   * @remarks Longer for a device of one's own, shorter for one that is shared.
   */
  readonly idleTimeout?: Duration;
  /**
   * A session of this kind ends this long after sign-in, whatever happens.
   * @default that of all sessions; none where `refresh` is false
   * @remarks With API keys, to have every key replaced in time: no key outlives it.
   */
  readonly absoluteTimeout?: Duration;
  /**
   * Whether its cookies outlast the browser. `persistent` of `start` says otherwise for one sign-in.
   * @default true
   * @remarks To `false` for sign-ins without "Keep me signed in".
   */
  readonly persistent?: boolean;
  /**
   * Active sessions of this kind a user may have: those of this kind count for themselves. Of API keys
   * one more is refused, whatever `onLimit` says.
   * @default counted with all others by `maxPerUser` of `createSessions`; 100 where `refresh` is false
   * @remarks When a kind must not take the place of another, or be taken for it.
   * @unit sessions
   */
  readonly maxPerUser?: number | ((user: User) => number | Promise<number>);
  /**
   * `false`: sessions of this kind are API keys. Each is one long token that `sessions.createApiKey`
   * shows once, in place of a pair of tokens that are refreshed. It needs `prefix`.
   * @default true
   * @remarks To `false` for programs that people give a key of their own.
   */
  readonly refresh?: boolean;
  /**
   * What the API keys of this kind begin with, so that people and secret scanners know them: 2 to 24
   * lower-case letters, digits and single `_` between them, beginning with a letter, and no other
   * kind's.
   * @default none; required where `refresh` is false
   * @remarks To your application's name: `"acme"`, or `"acme_test"` for what leads to test data.
   */
  readonly prefix?: string;
}

import type { Duration } from "./duration.js";
import type { User } from "./model/user.js";

/** Options of a kind of sessions: `kinds` of `createSessions`. */
export interface KindOptions {
  /**
   * A session of this kind ends after lying idle this long.
   * @default that of all sessions
   * @remarks Longer for a device of one's own, shorter for one that is shared.
   */
  readonly idleTimeout?: Duration;
  /**
   * A session of this kind ends this long after sign-in, whatever happens.
   * @default that of all sessions
   * @remarks To the time after which people must sign in again on it, used or not.
   */
  readonly absoluteTimeout?: Duration;
  /**
   * Whether its cookies outlast the browser. `persistent` of `start` says otherwise for one sign-in.
   * @default true
   * @remarks To `false` for sign-ins without "Keep me signed in".
   */
  readonly persistent?: boolean;
  /**
   * Active sessions of this kind a user may have: those of this kind count for themselves.
   * @default counted with all others by `maxPerUser` of `createSessions`
   * @remarks When a kind must not take the place of another, or be taken for it.
   * @unit sessions
   */
  readonly maxPerUser?: number | ((user: User) => number | Promise<number>);
}

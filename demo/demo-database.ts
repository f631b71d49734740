import type { SessionStore } from "rollcall";
import type { MakeLimiter } from "./throttle.js";
import type { Users } from "./users.js";

/** All that the demo keeps. */
export interface DemoDatabase {
  readonly name: string;
  /** A store for one session manager. */
  makeStore(): SessionStore;
  readonly users: Users;
  readonly makeLimiter: MakeLimiter;
  close(): Promise<void>;
}

import type { SessionStore } from "rollcall";
import { openPostgres } from "./postgres-database.js";
import type { Settings } from "./settings.js";
import { openSqlite } from "./sqlite-database.js";
import type { MakeLimiter } from "./throttle.js";
import type { Users } from "./users.js";

/** All that the demo keeps. */
export interface DemoDatabase {
  readonly name: string;
  readonly store: SessionStore;
  readonly users: Users;
  readonly makeLimiter: MakeLimiter;
  close(): Promise<void>;
}

/** Opens what the environment asks for, with its tables made. */
export function openDatabase(settings: Settings): Promise<DemoDatabase> {
  return settings.databaseUrl === null
    ? openSqlite(settings.dataFolder)
    : openPostgres(settings.databaseUrl);
}

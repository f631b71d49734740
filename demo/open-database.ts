import type { DemoDatabase } from "./demo-database.js";
import { openPostgres } from "./postgres-database.js";
import type { Settings } from "./settings.js";
import { openSqlite } from "./sqlite-database.js";

/** Opens what the environment asks for, with its tables made. */
export async function openDatabase({ databaseUrl, dataFolder }: Settings): Promise<DemoDatabase> {
  try {
    return databaseUrl === null ? await openSqlite(dataFolder) : await openPostgres(databaseUrl);
  } catch (error) {
    const variable = databaseUrl === null ? "ROLLCALL_DATA" : "DATABASE_URL";
    throw new Error(`the database of ${variable} cannot be opened: ${reasonOf(error)}`);
  }
}

/** If a host has several addresses, the first error has the message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : "no reason given";
}

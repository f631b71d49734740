import { sqlState } from "./failures.js";

const MIGRATE = "run store.migrate() when the application starts or is deployed";

/** What will not pass by itself, by SQLSTATE: what is wrong, and what to do. */
const REMEDIES: Readonly<Record<string, string>> = {
  "42P01": `Rollcall's tables are missing in this database: ${MIGRATE}`,
  "3F000": `the schema of Rollcall's tables is missing in this database: ${MIGRATE}`,
  "42703": `Rollcall's tables are those of an older release: ${MIGRATE}`,
  "26000":
    "prepared statements do not last, as behind PgBouncer in transaction mode: " +
    "pass postgres(pool, { prepare: false })",
  "42P05":
    "prepared statements of others are in the way, as behind PgBouncer in transaction mode: " +
    "pass postgres(pool, { prepare: false })",
  "42501":
    "the database role may not do this: grant it SELECT, INSERT, UPDATE and DELETE on Rollcall's " +
    "tables (CREATE on their schema for store.migrate())",
  "25006":
    "the database is read-only, as a standby is: connect to the primary, and leave " +
    "default_transaction_read_only off",
  "28P01": "the database refuses the password: check the connection string of the pool",
  "28000": "the database refuses the login: check the connection string and pg_hba.conf",
  "3D000": "the database does not exist: create it, or check the connection string of the pool",
};

/** What to do about an error; `null` where trying again is all there is to do. */
export function remedy(error: Error): string | null {
  return REMEDIES[sqlState(error) ?? ""] ?? null;
}

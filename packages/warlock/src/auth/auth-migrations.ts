/**
 * None: `store.migrate()` makes the one table that is needed. The list is there for a configuration
 * that spreads it.
 */
export const authMigrations: readonly never[] = [];

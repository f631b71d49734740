/** What will not pass by itself: what is wrong, and what to do. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /no such table: (main\.)?rollcall_/,
    "Rollcall's tables are missing in this database: call store.migrate() first",
  ],
  [
    /no such column|has no column named/,
    "Rollcall's tables are those of an older release: call store.migrate() first",
  ],
  [
    /readonly database/,
    "the database is read-only: open it for writing, and let this process write to its file and folder",
  ],
  [
    /unable to open database file|file is not a database/,
    "the file of the database cannot be read: check its path, what it is and who may read it",
  ],
];

/** What to do about an error; `null` where trying again is all there is to do. */
export function remedy(error: Error): string | null {
  return REMEDIES.find(([message]) => message.test(error.message))?.[1] ?? null;
}

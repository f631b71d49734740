import type { Context } from "../context.js";
import type { RevocationFeed } from "../revocation/feed.js";

/** So many rows are deleted by one statement. */
const CHUNK = 1000;

/** As long as browsers keep the device cookie: after that the device is another one anyway. */
const DEVICE_MEMORY = 400 * 24 * 60 * 60_000;

/** Returns how many sessions it deleted. */
export async function purge(
  { store, callStore }: Context,
  feed: Pick<RevocationFeed, "fresh" | "databaseNow">,
  ages: { readonly sessions: number; readonly events: number | null },
): Promise<number> {
  // By the database's clock: by a wrong clock, sessions in use could seem long expired.
  await feed.fresh();
  const now = feed.databaseNow();
  const purged = await inChunks(() =>
    callStore("purge", () => store.purge(now - ages.sessions, CHUNK)),
  );
  const { events } = ages;
  if (events !== null) {
    await inChunks(() => callStore("purgeEvents", () => store.purgeEvents(now - events, CHUNK)));
  }
  await inChunks(() =>
    callStore("purgeDevices", () => store.purgeDevices(now - DEVICE_MEMORY, CHUNK)),
  );
  return purged;
}

async function inChunks(deleteChunk: () => Promise<number>): Promise<number> {
  let deleted = 0;
  for (let last = CHUNK; last === CHUNK; deleted += last) last = await deleteChunk();
  return deleted;
}

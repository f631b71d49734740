import type { Core } from "../context.js";
import { toUser, type UserReference } from "../model/user.js";
import type { RevokedEntry, SyncTransactionStore, TransactionStore } from "../port/store.js";
import { FORGET_MARGIN } from "../revocation/revocation-index.js";

/** Ends and forgets all of a user; `markRevoked` is told what to refuse. */
export async function erase(
  core: Core,
  store: TransactionStore,
  reference: UserReference,
  markRevoked: (ended: readonly RevokedEntry[]) => void,
): Promise<number> {
  const user = toUser(reference);
  const { erased, refused } = await core.callStore(() =>
    store.erase(user, { margin: FORGET_MARGIN, now: core.settings.storeNow() }),
  );
  markRevoked(refused);
  return erased;
}

/** {@link erase} inside a synchronous transaction of the caller's. */
export function eraseSync(
  core: Core,
  store: SyncTransactionStore,
  reference: UserReference,
): number {
  const input = { margin: FORGET_MARGIN, now: core.settings.storeNow() };
  return store.erase(toUser(reference), input).erased;
}

import type { Context } from "../context.js";
import { toUser, type UserReference } from "../model/user.js";
import type { SyncTransactionStore, TransactionStore } from "../port/store.js";
import { FORGET_MARGIN } from "../revocation/revocation-index.js";

/** Ends and forgets all of a user. */
export async function erase(
  context: Context<TransactionStore>,
  reference: UserReference,
): Promise<number> {
  const user = toUser(reference);
  const { erased, refused } = await context.callStore("erase", () =>
    context.store.erase(user, { margin: FORGET_MARGIN, now: context.settings.storeNow() }),
  );
  context.markRevoked(refused);
  return erased;
}

/** {@link erase} inside a synchronous transaction of the caller's. */
export function eraseSync(
  context: Context<SyncTransactionStore>,
  reference: UserReference,
): number {
  const input = { margin: FORGET_MARGIN, now: context.settings.storeNow() };
  return context.store.erase(toUser(reference), input).erased;
}

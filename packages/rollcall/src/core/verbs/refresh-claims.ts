import type { Context } from "../context.js";
import { toUser, type User, type UserReference } from "../model/user.js";
import type { Outdate } from "../port/operations.js";
import type { SyncTransactionStore, TransactionStore } from "../port/store.js";

/** Has the claims of a user asked for anew: refuses the access tokens of now, and ends no session. */
export async function refreshClaims(
  context: Context<TransactionStore>,
  reference: UserReference,
): Promise<number> {
  const outdated = await context.callStore("outdate", () =>
    context.store.outdate(...outdateInput(context, reference)),
  );
  context.markOutdated(outdated);
  return outdated.length;
}

/** {@link refreshClaims} inside a synchronous transaction of the caller's. */
export function refreshClaimsSync(
  context: Context<SyncTransactionStore>,
  reference: UserReference,
): number {
  return context.store.outdate(...outdateInput(context, reference)).length;
}

function outdateInput(context: Context<unknown>, reference: UserReference): [User, Outdate] {
  const { storeNow } = context.settings;
  return [toUser(reference), { actor: { kind: "system" }, now: storeNow() }];
}

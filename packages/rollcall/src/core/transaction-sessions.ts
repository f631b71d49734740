import { type Context, inTransaction } from "./context.js";
import type { SyncTransactionSessions, TransactionSessions } from "./sessions-api.js";
import { erase, eraseSync } from "./verbs/erase.js";
import { onFactorChange, onFactorChangeSync } from "./verbs/factor-change.js";
import { refreshClaims, refreshClaimsSync } from "./verbs/refresh-claims.js";
import { revoke, revokeAll, revokeAllSync, revokeSync } from "./verbs/revoke.js";
import { start, startSync } from "./verbs/start.js";

/** The verbs inside a transaction of the caller's. @throws TypeError when the store cannot. */
export function joinTransaction(context: Context, client: unknown): TransactionSessions {
  const { store } = context;
  if (store.in === undefined) {
    throw new TypeError("this store cannot join a transaction of yours; see inSync()");
  }
  const inside = inTransaction(context, store.in(client));
  return {
    start: (user, options) => start(inside, user, options),
    refreshClaims: (user) => refreshClaims(inside, user),
    revoke: (user, id, options) => revoke(inside, user, id, options),
    revokeOthers: (user, currentId, options) => revokeAll(inside, user, currentId, options),
    revokeAll: (user, options) => revokeAll(inside, user, null, options),
    onFactorChange: (user, options) => onFactorChange(inside, user, options),
    erase: (user) => erase(inside, user),
  };
}

/** The same where a store joins synchronously. @throws TypeError when the store cannot. */
export function joinSyncTransaction(context: Context): SyncTransactionSessions {
  const { store } = context;
  if (store.inSync === undefined) {
    throw new TypeError("this store cannot join a synchronous transaction; see in(client)");
  }
  const inside = inTransaction(context, store.inSync());
  return {
    start: (user, options) => startSync(inside, user, options),
    refreshClaims: (user) => refreshClaimsSync(inside, user),
    revoke: (user, id, options) => revokeSync(inside, user, id, options),
    revokeOthers: (user, currentId, options) => revokeAllSync(inside, user, currentId, options),
    revokeAll: (user, options) => revokeAllSync(inside, user, null, options),
    onFactorChange: (user, options) => onFactorChangeSync(inside, user, options),
    erase: (user) => eraseSync(inside, user),
  };
}

import { createContext } from "./create-context.js";
import { keyPrefixes } from "./kinds.js";
import { readOptions, readPurgeOptions } from "./options.js";
import type { Sessions } from "./sessions-api.js";
import type { SessionsOptions } from "./sessions-options.js";
import { joinSyncTransaction, joinTransaction } from "./transaction-sessions.js";
import { actAs } from "./verbs/act-as.js";
import { createApiKey } from "./verbs/create-api-key.js";
import { createDevices } from "./verbs/devices.js";
import { erase } from "./verbs/erase.js";
import { onFactorChange } from "./verbs/factor-change.js";
import { get, list, rename } from "./verbs/list.js";
import { logout } from "./verbs/logout.js";
import { purge } from "./verbs/purge.js";
import { reauthenticate } from "./verbs/reauthenticate.js";
import { refresh } from "./verbs/refresh.js";
import { refreshClaims } from "./verbs/refresh-claims.js";
import { revoke, revokeAll } from "./verbs/revoke.js";
import { start } from "./verbs/start.js";
import { update } from "./verbs/update.js";
import { verifyRefreshToken } from "./verbs/verify-refresh-token.js";

/**
 * Makes the session manager of a process.
 *
 * @example
 * ```ts
 * import { createSessions } from "rollcall";
 * import { sqlite } from "rollcall/sqlite";
 * import Database from "libsql";
 *
 * const store = sqlite(new Database("app.db"));
 * await store.migrate();
 * const sessions = createSessions({ store, secret: "0123456789abcdef0123456789abcdef" });
 * const { tokens } = await sessions.start({ type: "user", id: 1 });
 * const principal = await sessions.verify(tokens.accessToken.token);
 * ```
 *
 * @throws TypeError naming the option at fault.
 */
export function createSessions(options: SessionsOptions): Sessions {
  const settings = readOptions(options);
  const { context, feed, health, close } = createContext(settings);
  const { store, verifier, hub, ring } = context;

  return {
    async start(user, options) {
      store.requireOutside?.("start");
      return await start(context, user, options);
    },
    async actAs(principal, user, options) {
      store.requireOutside?.("actAs");
      return await actAs(context, principal, user, options);
    },
    async createApiKey(user, options) {
      store.requireOutside?.("createApiKey");
      return await createApiKey(context, user, options);
    },
    verify: verifier.verify,
    verifyNow: verifier.verifyNow,
    refresh: (token, options) => refresh(context, token, options),
    levels: settings.levels.names,
    reauthenticate: (principal, options) => reauthenticate(context, principal, options),
    verifyRefreshToken: (token) => verifyRefreshToken(context, token),
    logout: (credentials) => logout(context, credentials),
    list: (user, page) => list(context, user, page),
    get: (user, id) => get(context, user, id),
    rename: (user, id, name, options) => rename(context, user, id, name, options),
    update: (user, id, changes, options) => update(context, user, id, changes, options),
    refreshClaims: (user) => refreshClaims(context, user),
    revoke: (user, id, options) => revoke(context, user, id, options),
    revokeOthers: (user, currentId, options) => revokeAll(context, user, currentId, options),
    revokeAll: (user, options) => revokeAll(context, user, null, options),
    onFactorChange: (user, options) => onFactorChange(context, user, options),
    erase: (user) => erase(context, user),
    on(type, listener, options) {
      feed.attend();
      return hub.on(type, listener, options);
    },
    purge: async (options) => purge(context, feed, readPurgeOptions(options)),
    health,
    devices: createDevices(context),
    jwks: () => ring.jwks(),
    apiKeyKinds: [...keyPrefixes(settings.kinds).values()],
    keys: settings.keys,
    in: (client) => joinTransaction(context, client),
    inSync: () => joinSyncTransaction(context),
    close,
  };
}

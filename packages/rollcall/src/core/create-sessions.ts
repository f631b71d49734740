import { randomUUID } from "node:crypto";
import { type Context, inTransaction } from "./context.js";
import { keyPrefixes, longestIdle } from "./kinds.js";
import { invalid } from "./model/errors.js";
import { isActive } from "./model/session.js";
import { revocationOf } from "./model/session-ended.js";
import { readOptions, readPurgeOptions } from "./options.js";
import { KEY_TRUST } from "./port/endings.js";
import type { OutdatedEntry, RevokedEntry } from "./port/operations.js";
import { createActivity } from "./process/activity.js";
import { createBoundedCall } from "./process/bounded-call.js";
import { createEventHub } from "./process/event-hub.js";
import { createFaults } from "./process/faults.js";
import { createPace } from "./process/pace.js";
import { createEndReasons } from "./revocation/end-reasons.js";
import { createFeed } from "./revocation/feed.js";
import { createRevocationIndex } from "./revocation/revocation-index.js";
import { createSignals } from "./revocation/signals.js";
import type { Sessions } from "./sessions-api.js";
import type { SessionsOptions } from "./sessions-options.js";
import type { AccessTokenSettings } from "./tokens/access-token.js";
import { createApiKeyReader } from "./tokens/api-key-reader.js";
import { ringAccess } from "./tokens/key-ring.js";
import { createTokenIssuer } from "./tokens/token-issuer.js";
import { createVerifier } from "./tokens/verifier.js";
import { actAs } from "./verbs/act-as.js";
import { revokeByKey } from "./verbs/compromised-key.js";
import { createApiKey } from "./verbs/create-api-key.js";
import { createDevices } from "./verbs/devices.js";
import { erase, eraseSync } from "./verbs/erase.js";
import { onFactorChange, onFactorChangeSync } from "./verbs/factor-change.js";
import { get, list, rename } from "./verbs/list.js";
import { logout } from "./verbs/logout.js";
import { claimsOrEnd } from "./verbs/presented.js";
import { purge } from "./verbs/purge.js";
import { reauthenticate } from "./verbs/reauthenticate.js";
import { refresh } from "./verbs/refresh.js";
import { refreshClaims, refreshClaimsSync } from "./verbs/refresh-claims.js";
import { revoke, revokeAll, revokeAllSync, revokeSync } from "./verbs/revoke.js";
import { start, startSync } from "./verbs/start.js";
import { update } from "./verbs/update.js";
import { verifyRefreshToken } from "./verbs/verify-refresh-token.js";

/** Enough for any person. The limit exists because every rename is an event that every process reads. */
const RENAMES = 30;
const RENAMES_PER = 60_000;

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
  const { store, clock, storeNow } = settings;
  const processId = randomUUID();
  let unreadable = 0;
  const callStore = createBoundedCall(clock, settings.storeTimeout);
  const index = createRevocationIndex(clock);
  const faults = createFaults(settings.onError);
  const hub = createEventHub(processId, faults);
  const ring = settings.keys[ringAccess].bind({
    issuer: settings.issuer,
    idleTimeout: longestIdle(settings.kinds),
    now: clock.now,
    dropped: () => verifier.clear(),
    compromised(id) {
      signals.abortProvenBy(id);
      return revokeByKey(context, id);
    },
  });
  const tokens: AccessTokenSettings = {
    issuer: settings.issuer,
    audience: settings.audience,
    clientId: settings.clientId,
    ring,
  };
  const signals = createSignals({
    clock,
    async livesFor(id) {
      const found = await callStore("find", () => store.find(id, storeNow()));
      if (found === null || !isActive(found.session, found.now)) return null;
      return found.session.expiresAt - found.now;
    },
    isOver: index.has,
    asked: () => feed.attend(),
  });
  const markRevoked = (ended: readonly RevokedEntry[]): void => {
    for (const entry of ended) {
      index.add(entry);
      signals.abort(entry.id);
    }
  };
  const markOutdated = (outdated: readonly OutdatedEntry[]): void =>
    outdated.forEach(index.outdate);
  store.configure({
    storeTimeout: settings.storeTimeout,
    processId,
    maxStaleness: settings.maxStaleness,
    report(error) {
      unreadable += 1;
      faults.tell(`store: ${error.message}`, error);
    },
  });
  const activity = createActivity({
    store,
    callStore,
    clock,
    faults,
    touchInterval: settings.touchInterval,
    storeNow,
    ended: markRevoked,
  });
  const feed = createFeed({
    store,
    callStore,
    clock,
    faults,
    index,
    maxStaleness: settings.maxStaleness,
    storeNow,
    apply(page) {
      markRevoked(page.revoked);
      markOutdated(page.outdated);
      index.sweep();
      if (page.whole) signals.recheck();
      for (const event of page.events) hub.emit(event);
    },
    signalling: () => signals.size > 0,
    listening: () => hub.size > 0,
    quiet: () => verifier.letGo(),
  });
  const apiKeys = createApiKeyReader({
    kinds: keyPrefixes(settings.kinds),
    trust: Math.min(settings.accessTokenTtl, KEY_TRUST),
    callStore,
    find: (id) => callStore("find", () => store.find(id, storeNow())),
    claimsOf: (session) => claimsOrEnd(context, session),
    revoked: (session) => markRevoked([session]),
  });
  const verifier = createVerifier({
    apiKeys,
    tokens,
    index,
    feed,
    activity,
    signals,
    clock,
    cacheSize: settings.verifyCacheSize,
    endReasons: createEndReasons(async (id) => {
      const found = await callStore("find", () => store.find(id, storeNow()));
      return found === null ? undefined : revocationOf(found.session);
    }),
    async requireCommitted(id) {
      const found = await callStore("find", () => store.find(id, storeNow()));
      if (found === null) throw invalid("unknown");
      if (found.session.revokedAt !== null) markRevoked([found.session]);
    },
  });
  const issuer = createTokenIssuer(tokens, settings.accessTokenTtl);
  const context: Context = {
    settings,
    store,
    inTransaction: false,
    processId,
    callStore,
    ring,
    issuer,
    verifier,
    activity,
    hub,
    renames: createPace(clock, RENAMES, RENAMES_PER),
    updates: createPace(clock, RENAMES, RENAMES_PER),
    faults,
    markRevoked,
    markOutdated,
  };

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
    health() {
      const { lastError, ...known } = feed.health();
      return {
        ...known,
        indexSize: index.size,
        cacheSize: verifier.size,
        unreadable,
        lastError: lastError ?? activity.lastError(),
      };
    },
    devices: createDevices(context),
    jwks: () => ring.jwks(),
    apiKeyKinds: [...keyPrefixes(settings.kinds).values()],
    keys: settings.keys,
    in(client) {
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
    },
    inSync() {
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
    },
    async close() {
      ring.release();
      await activity.close();
      await feed.close();
      signals.close();
      await store.close();
    },
  };
}

import { randomUUID } from "node:crypto";
import type { Context } from "./context.js";
import { keyPrefixes, longestIdle } from "./kinds.js";
import { invalid } from "./model/errors.js";
import { isActive } from "./model/session.js";
import { revocationOf } from "./model/session-ended.js";
import type { Settings } from "./options.js";
import { KEY_TRUST } from "./port/endings.js";
import type { OutdatedEntry, RevokedEntry } from "./port/operations.js";
import { createActivity } from "./process/activity.js";
import { createBoundedCall } from "./process/bounded-call.js";
import { createEventHub } from "./process/event-hub.js";
import { createFaults } from "./process/faults.js";
import type { Health } from "./process/health.js";
import { createPace } from "./process/pace.js";
import { createEndReasons } from "./revocation/end-reasons.js";
import { createFeed, type RevocationFeed } from "./revocation/feed.js";
import { createRevocationIndex } from "./revocation/revocation-index.js";
import { createSignals } from "./revocation/signals.js";
import type { AccessTokenSettings } from "./tokens/access-token.js";
import { createApiKeyReader } from "./tokens/api-key-reader.js";
import { ringAccess } from "./tokens/key-ring.js";
import { createTokenIssuer } from "./tokens/token-issuer.js";
import { createVerifier } from "./tokens/verifier.js";
import { revokeByKey } from "./verbs/compromised-key.js";
import { claimsOrEnd } from "./verbs/presented.js";

/** Enough for any person. The limit exists because every rename is an event that every process reads. */
const RENAMES = 30;
const RENAMES_PER = 60_000;

/** What a process keeps going from `createSessions` to `close`. */
interface Running {
  readonly context: Context;
  readonly feed: RevocationFeed;
  health(): Health;
  close(): Promise<void>;
}

/** Makes the parts that the verbs work with, and ties them together. */
export function createContext(settings: Settings): Running {
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
    context,
    feed,
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
    async close() {
      ring.release();
      await activity.close();
      await feed.close();
      signals.close();
      await store.close();
    },
  };
}

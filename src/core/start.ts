import { randomUUID } from "node:crypto";
import { claimsOf, claimsOfSync } from "./claims.js";
import type { Core } from "./core.js";
import { invalid, SessionError } from "./errors.js";
import { type JsonObject, jsonObject } from "./json.js";
import { isSessionId, type SessionId } from "./session.js";
import { toView } from "./session-view.js";
import type { SignIn, StartOptions } from "./sessions-api.js";
import type {
  CreateOutcome,
  NewSession,
  RevokedEntry,
  SyncTransactionStore,
  TransactionStore,
} from "./store.js";
import { toUser, type User, type UserReference } from "./user.js";

/** What a cookie may hold (RFC 6265 §6.1), less the room for its name and attributes. */
const LONGEST_ACCESS_TOKEN = 3900;

type Learn = (ended: readonly RevokedEntry[]) => void;

/** Starts a session; `learn` is told whom it ended, unless that waits for the caller's commit. */
export async function start(
  core: Core,
  store: TransactionStore,
  reference: UserReference,
  options: StartOptions,
  learn: Learn,
): Promise<SignIn> {
  const user = toUser(reference);
  const { maxPerUser } = core.settings;
  const input = newSession(core, user, options);
  const claims = await claimsOf(core, user);
  const max = maxPerUser === null ? null : await core.ask(() => maxPerUser(user));
  const complete = { ...input, limit: limitOf(core, max) };
  const present = claimsPresent(claims);
  const outcome = await core.ask(() =>
    store.create({ ...complete, now: core.settings.storeNow() }),
  );
  return finish(core, outcome, present, learn);
}

/** The same inside a synchronous transaction of the caller's. */
export function startSync(
  core: Core,
  store: SyncTransactionStore,
  reference: UserReference,
  options: StartOptions,
): SignIn {
  const user = toUser(reference);
  const input = newSession(core, user, options);
  const present = claimsPresent(claimsOfSync(core, user));
  const max = core.settings.maxPerUser?.(user) ?? null;
  if (max instanceof Promise) {
    throw new TypeError("maxPerUser must answer synchronously for inSync().start()");
  }
  const limit = limitOf(core, max);
  const outcome = store.create({ ...input, limit, now: core.settings.storeNow() });
  return finish(core, outcome, present, () => {});
}

function claimsPresent(claims: JsonObject | null): JsonObject {
  if (claims === null) throw invalid("user_gone");
  return claims;
}

function limitOf(core: Core, max: number | null): NewSession["limit"] {
  if (max === null || max === Number.POSITIVE_INFINITY) return null;
  if (!Number.isSafeInteger(max) || max < 1) {
    throw new TypeError("maxPerUser must answer a whole number of at least 1, or Infinity");
  }
  return { max, onLimit: core.settings.onLimit };
}

function newSession(core: Core, user: User, options: StartOptions): Omit<NewSession, "limit"> {
  const { settings } = core;
  const persistent = options.persistent ?? true;
  const provenAt = options.provenAt?.getTime() ?? null;
  if (Number.isNaN(provenAt)) throw new TypeError("provenAt is no valid date");
  const deviceInfo = options.device === undefined ? null : jsonObject(options.device, "device");
  return {
    id: newSessionId(),
    user,
    deviceInfo,
    metadata: options.metadata === undefined ? null : jsonObject(options.metadata, "metadata"),
    lastIp: options.device?.ip ?? null,
    persistent,
    keyId: core.ring.current().id,
    idleTimeout: persistent ? settings.idleTimeout : settings.shortIdleTimeout,
    absoluteTimeout: settings.absoluteTimeout,
    accessTokenTtl: settings.accessTokenTtl,
    provenAt,
    replaces: replaced(options.replaces),
  };
}

function replaced(id: string | undefined): SessionId | null {
  if (id === undefined) return null;
  if (!isSessionId(id)) throw new TypeError("replaces must be the id of a session");
  return id;
}

function newSessionId(): SessionId {
  const id: string = randomUUID();
  if (!isSessionId(id)) throw new TypeError("randomUUID gave no UUID");
  return id;
}

function finish(core: Core, outcome: CreateOutcome, claims: JsonObject, learn: Learn): SignIn {
  if (outcome.outcome === "refused") throw new SessionError("session_limit");
  if (outcome.outcome === "outdated") throw invalid("proof_outdated");
  const { session, ended } = outcome;
  learn(ended);
  const tokens = core.issuer.issue(session, session.createdAt, claims);
  if (tokens.accessToken.token.length > LONGEST_ACCESS_TOKEN) {
    throw new TypeError(
      `claimsFor: the access token would take ${tokens.accessToken.token.length} characters; ` +
        `a cookie holds ${LONGEST_ACCESS_TOKEN}, so return fewer claims`,
    );
  }
  return { session: toView(session), tokens };
}

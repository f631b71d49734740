import { randomUUID } from "node:crypto";
import { optionalTime, optionsObject } from "./argument.js";
import { claimsOf, claimsOfSync } from "./claims.js";
import type { Core } from "./core.js";
import { checkedDevice, checkedIp } from "./device.js";
import { invalid, SessionError } from "./errors.js";
import { firstRow } from "./first-row.js";
import { type JsonObject, jsonObject } from "./json.js";
import { isSessionId, type SessionId, type StoredSession } from "./session.js";
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

/** Is told whom a sign-in ended; `null`: all of it waits for the caller's commit. */
type Learn = ((ended: readonly RevokedEntry[]) => void) | null;

/** Starts a session. */
export async function start(
  core: Core,
  store: TransactionStore,
  reference: UserReference,
  options: StartOptions | undefined,
  learn: Learn,
): Promise<SignIn> {
  const user = toUser(reference);
  const { maxPerUser } = core.settings;
  const input = newSession(core, user, options);
  const claims = claimsPresent(await claimsOf(core, upcoming(core, input)));
  const max = maxPerUser === null ? null : await core.ask(() => maxPerUser(user));
  const complete = { ...input, limit: limitOf(core, max) };
  const outcome = await core.ask(() =>
    store.create({ ...complete, now: core.settings.storeNow() }),
  );
  return finish(core, outcome, claims, learn);
}

/** The same inside a synchronous transaction of the caller's. */
export function startSync(
  core: Core,
  store: SyncTransactionStore,
  reference: UserReference,
  options: StartOptions | undefined,
): SignIn {
  const user = toUser(reference);
  const input = newSession(core, user, options);
  const claims = claimsPresent(claimsOfSync(core, upcoming(core, input)));
  const max = core.settings.maxPerUser?.(user) ?? null;
  if (max instanceof Promise) {
    throw new TypeError("maxPerUser must answer synchronously for inSync().start()");
  }
  const limit = limitOf(core, max);
  const outcome = store.create({ ...input, limit, now: core.settings.storeNow() });
  return finish(core, outcome, claims, null);
}

/** The session as it is about to be stored; its times are the database's to give. */
function upcoming(core: Core, input: Omit<NewSession, "limit">): StoredSession {
  return firstRow({ ...input, limit: null }, core.settings.clock.now());
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

function newSession(
  core: Core,
  user: User,
  options: StartOptions | undefined,
): Omit<NewSession, "limit"> {
  const { settings } = core;
  const given = optionsObject(options, "options");
  const { persistent = true, metadata } = given;
  if (typeof persistent !== "boolean") throw new TypeError("persistent must be true or false");
  const deviceInfo = checkedDevice(given.device);
  return {
    id: newSessionId(),
    user,
    deviceInfo,
    metadata: metadata === undefined ? null : jsonObject(metadata, "metadata"),
    lastIp: checkedIp(deviceInfo?.ip, "device.ip"),
    persistent,
    keyId: core.ring.current().id,
    idleTimeout: persistent ? settings.idleTimeout : settings.shortIdleTimeout,
    absoluteTimeout: settings.absoluteTimeout,
    accessTokenTtl: settings.accessTokenTtl,
    provenAt: optionalTime(given.provenAt, "provenAt"),
    replaces: replaced(given.replaces),
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
  learn?.(ended);
  // What may be rolled back must prove itself to each process before it is trusted.
  const tokens = core.issuer.issue(session, session.createdAt, claims, learn === null);
  return { session: toView(session), tokens };
}

import { randomUUID } from "node:crypto";
import type { Core } from "../context.js";
import { optionalTime, optionsObject } from "../model/argument.js";
import { checkedDevice, checkedIp } from "../model/device.js";
import { invalid, SessionError } from "../model/errors.js";
import { type JsonObject, jsonObject } from "../model/json.js";
import {
  isSessionId,
  type Revocation,
  type SessionId,
  type StoredSession,
} from "../model/session.js";
import { toView } from "../model/session-view.js";
import { toUser, type User, type UserReference } from "../model/user.js";
import { firstRow } from "../port/first-row.js";
import type {
  CreateOutcome,
  Found,
  NewSession,
  RevokedEntry,
  Rotation,
  SyncTransactionStore,
  TransactionStore,
} from "../port/store.js";
import type { SignIn, StartOptions } from "../sessions-api.js";
import { claimsOf, claimsOfSync } from "./claims.js";
import { rotationOf } from "./presented.js";
import { fateOf, type ReplacedProof, readReplaced } from "./replaced.js";

/** Is told whom a sign-in ended; `null`: all of it waits for the caller's commit. */
type MarkRevoked = ((ended: readonly RevokedEntry[]) => void) | null;

/** Starts a session. */
export async function start(
  core: Core,
  store: TransactionStore,
  reference: UserReference,
  options: StartOptions | undefined,
  markRevoked: MarkRevoked,
): Promise<SignIn> {
  const user = toUser(reference);
  const { maxPerUser } = core.settings;
  const { input, proof } = newSession(core, user, options);
  const claims = claimsPresent(await claimsOf(core, upcoming(core, input)));
  const max = maxPerUser === null ? null : await core.callStore(() => maxPerUser(user));
  const limit = limitOf(core, max);
  const { storeNow } = core.settings;
  // Writes by a connection of ours, which in a transaction of the caller's nobody may wait for.
  if (proof !== null && markRevoked !== null) await core.activity.settle(proof.sessionId);
  const found = proof && (await core.callStore(() => store.find(proof.sessionId, storeNow())));
  const former = judge(core, proof, found, user);
  if (former.fate === "reused") {
    const outcome = await core.callStore(() => store.rotate(former.presented));
    if (outcome.outcome !== "unknown") markRevoked?.([outcome.session]);
  }
  const replaces = former.fate === "own" ? former.session.id : input.replaces;
  const outcome = await core.callStore(() =>
    store.create({ ...input, replaces, limit, now: storeNow() }),
  );
  const signIn = finish(core, outcome, claims, markRevoked);
  if (former.fate === "foreign") {
    const { user: owner, id } = former.session;
    const revoked = await core.callStore(() => store.revoke(owner, id, REPLACED, storeNow()));
    if (revoked !== null) markRevoked?.([revoked.session]);
  }
  return signIn;
}

/** The same inside a synchronous transaction of the caller's. */
export function startSync(
  core: Core,
  store: SyncTransactionStore,
  reference: UserReference,
  options: StartOptions | undefined,
): SignIn {
  const user = toUser(reference);
  const { input, proof } = newSession(core, user, options);
  const claims = claimsPresent(claimsOfSync(core, upcoming(core, input)));
  const max = core.settings.maxPerUser?.(user) ?? null;
  if (max instanceof Promise) {
    throw new TypeError("maxPerUser must answer synchronously for inSync().start()");
  }
  const limit = limitOf(core, max);
  const { storeNow } = core.settings;
  const found = proof && store.find(proof.sessionId, storeNow());
  const former = judge(core, proof, found, user);
  if (former.fate === "reused") store.rotate(former.presented);
  const replaces = former.fate === "own" ? former.session.id : input.replaces;
  const outcome = store.create({ ...input, replaces, limit, now: storeNow() });
  const signIn = finish(core, outcome, claims, null);
  if (former.fate === "foreign") {
    store.revoke(former.session.user, former.session.id, REPLACED, storeNow());
  }
  return signIn;
}

/** No id of the one user's in what the other is told. */
const REPLACED: Revocation = { reason: "replaced", actor: { kind: "system" } };

type Former =
  | { readonly fate: "spared" }
  | { readonly fate: "own" | "foreign"; readonly session: StoredSession }
  | { readonly fate: "reused"; readonly presented: Rotation };

/** What becomes of the session that a token proves which the sign-in brought. */
function judge(core: Core, proof: ReplacedProof | null, found: Found | null, user: User): Former {
  if (proof === null || found === null) return { fate: "spared" };
  const fate = fateOf(proof, found, user, core.settings.retryWindow);
  if (fate === "spared") return { fate };
  if (fate !== "reused") return { fate, session: found.session };
  return { fate, presented: rotationOf(core, proof, null) };
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
): { readonly input: Omit<NewSession, "limit">; readonly proof: ReplacedProof | null } {
  const { settings } = core;
  const given = optionsObject(options, "options");
  const { persistent = true, metadata } = given;
  if (typeof persistent !== "boolean") throw new TypeError("persistent must be true or false");
  const deviceInfo = checkedDevice(given.device);
  const { id: replaces, proof } = readReplaced(core, given.replaces);
  const input = {
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
    authenticatedAt: optionalTime(given.authenticatedAt, "authenticatedAt"),
    replaces,
  };
  return { input, proof };
}

function newSessionId(): SessionId {
  const id: string = randomUUID();
  if (!isSessionId(id)) throw new TypeError("randomUUID gave no UUID");
  return id;
}

function finish(
  core: Core,
  outcome: CreateOutcome,
  claims: JsonObject,
  markRevoked: MarkRevoked,
): SignIn {
  if (outcome.outcome === "refused") throw new SessionError("session_limit");
  if (outcome.outcome === "outdated") throw invalid("proof_outdated");
  const { session, ended } = outcome;
  markRevoked?.(ended);
  // What may be rolled back must prove itself to each process before it is trusted.
  const tokens = core.issuer.issue(session, session.createdAt, claims, markRevoked === null);
  return { session: toView(session), tokens };
}

import type { Context } from "../context.js";
import type { SignIn } from "../model/answers.js";
import { checkedMethods, optionalTime, optionsObject } from "../model/argument.js";
import type { StartOptions } from "../model/call-options.js";
import { checkedDevice, checkedIp } from "../model/device.js";
import { invalid } from "../model/errors.js";
import { type JsonObject, jsonObject } from "../model/json.js";
import type { Revocation, StoredSession } from "../model/session.js";
import { toUser, type User, type UserReference } from "../model/user.js";
import { firstRow } from "../port/first-row.js";
import type { Found, NewSession, Rotation } from "../port/operations.js";
import type { SyncTransactionStore, TransactionStore } from "../port/store.js";
import { claimsOf, claimsOfSync } from "./claims.js";
import { checkedDeviceId } from "./devices.js";
import { type Kind, kindOf, limitOf } from "./kind-of.js";
import { checkedLevel, leftOf, limitsAt } from "./level.js";
import { newSessionId } from "./new-session-id.js";
import { rotationOf, UNSEEN } from "./presented.js";
import { fateOf, type ReplacedProof, readReplaced } from "./replaced.js";
import { finish, finishSync, requireCreated } from "./signed-in.js";

/** Starts a session. */
export async function start(
  context: Context<TransactionStore>,
  reference: UserReference,
  options: StartOptions | undefined,
): Promise<SignIn> {
  const user = toUser(reference);
  const { store, markRevoked } = context;
  const { input, proof, kind } = newSession(context, user, options);
  const { maxPerUser } = kind;
  const askedAt = context.settings.clock.monotonic();
  const claims = claimsPresent(await claimsOf(context, upcoming(context, input)));
  const max =
    maxPerUser === null ? null : await context.callStore("maxPerUser", () => maxPerUser(user));
  const limit = limitOf(context, kind, max);
  const { storeNow } = context.settings;
  // This writes on a connection of our own, which could deadlock with the caller's transaction.
  if (proof !== null && !context.inTransaction) await context.activity.settle(proof.sessionId);
  const found =
    proof && (await context.callStore("find", () => store.find(proof.sessionId, storeNow())));
  const former = judge(context, proof, found, user);
  if (former.fate === "reused") {
    const outcome = await context.callStore("rotate", () => store.rotate(former.presented));
    if (outcome.outcome !== "unknown") markRevoked([outcome.session]);
  }
  const replaces = former.fate === "own" ? former.session.id : input.replaces;
  const outcome = await context.callStore("create", () =>
    store.create({ ...input, replaces, limit, now: storeNow() }),
  );
  const created = requireCreated(context, outcome);
  if (former.fate === "foreign") {
    const { user: owner, id } = former.session;
    const revoked = await context.callStore("revoke", () =>
      store.revoke(owner, id, REPLACED, storeNow()),
    );
    if (revoked !== null) markRevoked([revoked.session]);
  }
  return await finish(context, created, { claims, askedAt });
}

/** The same inside a synchronous transaction of the caller's. */
export function startSync(
  context: Context<SyncTransactionStore>,
  reference: UserReference,
  options: StartOptions | undefined,
): SignIn {
  const user = toUser(reference);
  const { store } = context;
  const { input, proof, kind } = newSession(context, user, options);
  const askedAt = context.settings.clock.monotonic();
  const claims = claimsPresent(claimsOfSync(context, upcoming(context, input)));
  const max = kind.maxPerUser?.(user) ?? null;
  if (max instanceof Promise) {
    throw new TypeError("maxPerUser must answer synchronously for inSync().start()");
  }
  const limit = limitOf(context, kind, max);
  const { storeNow } = context.settings;
  const found = proof && store.find(proof.sessionId, storeNow());
  const former = judge(context, proof, found, user);
  if (former.fate === "reused") store.rotate(former.presented);
  const replaces = former.fate === "own" ? former.session.id : input.replaces;
  const outcome = store.create({ ...input, replaces, limit, now: storeNow() });
  const created = requireCreated(context, outcome);
  if (former.fate === "foreign") {
    store.revoke(former.session.user, former.session.id, REPLACED, storeNow());
  }
  return finishSync(context, created, { claims, askedAt });
}

/** The actor is the system: neither user may learn the other's id. */
const REPLACED: Revocation = { reason: "replaced", actor: { kind: "system" } };

type Former =
  | { readonly fate: "spared" }
  | { readonly fate: "own" | "foreign"; readonly session: StoredSession }
  | { readonly fate: "reused"; readonly presented: Rotation };

/** What happens to the session of a token that was sent with the sign-in. */
function judge(
  context: Context<unknown>,
  proof: ReplacedProof | null,
  found: Found | null,
  user: User,
): Former {
  if (proof === null || found === null) return { fate: "spared" };
  const fate = fateOf(proof, found, user, context.settings.retryWindow);
  if (fate === "spared") return { fate };
  if (fate !== "reused") return { fate, session: found.session };
  return { fate, presented: rotationOf(context, proof, UNSEEN) };
}

/** The session as it is about to be stored. The database will set the times. */
export function upcoming(
  context: Context<unknown>,
  input: Omit<NewSession, "limit">,
): StoredSession {
  return firstRow({ ...input, limit: null }, context.settings.clock.now());
}

/** @throws SessionError when the user is gone. */
export function claimsPresent(claims: JsonObject | null): JsonObject {
  if (claims === null) throw invalid("user_gone");
  return claims;
}

function newSession(
  context: Context<unknown>,
  user: User,
  options: StartOptions | undefined,
): {
  readonly input: Omit<NewSession, "limit">;
  readonly proof: ReplacedProof | null;
  readonly kind: Kind;
} {
  const { settings } = context;
  const given = optionsObject(options, "options");
  const kind = kindOf(context, given.kind);
  const { persistent = kind.persistent, metadata } = given;
  if (typeof persistent !== "boolean") throw new TypeError("persistent must be true or false");
  const deviceInfo = checkedDevice(given.device);
  const { id: replaces, proof } = readReplaced(context, given.replaces);
  const level = checkedLevel(context, given.level);
  const authenticatedAt = optionalTime(given.authenticatedAt, "authenticatedAt");
  const limits = limitsAt(context, { kind: kind.name, persistent }, level);
  const input = {
    id: newSessionId(),
    user,
    deviceInfo,
    metadata: metadata === undefined ? null : jsonObject(metadata, "metadata"),
    lastIp: checkedIp(deviceInfo?.ip, "device.ip"),
    persistent,
    keyId: context.ring.current().id,
    idleTimeout: limits.idleTimeout,
    absoluteTimeout: Math.min(
      limits.absoluteTimeout,
      leftOf(context, limits, level, authenticatedAt),
    ),
    accessTokenTtl: settings.accessTokenTtl,
    authenticatedAt,
    kind: kind.name,
    scopes: null,
    secretHash: null,
    methods: checkedMethods(given.methods),
    level,
    deviceId: checkedDeviceId(given.deviceId),
    actor: null,
    replaces,
  };
  return { input, proof, kind };
}

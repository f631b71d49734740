import type { Context } from "../context.js";
import type { SignIn } from "../model/answers.js";
import { isObject, optionsObject, plainText } from "../model/argument.js";
import type { ActAsOptions } from "../model/call-options.js";
import type { Principal } from "../model/credentials.js";
import { checkedDevice, checkedIp } from "../model/device.js";
import { invalid, SessionError } from "../model/errors.js";
import { jsonObject } from "../model/json.js";
import { authenticationTime, isActive, isSessionId, type StoredSession } from "../model/session.js";
import { revocationOf } from "../model/session-ended.js";
import { toUser, type User, type UserReference, userKey } from "../model/user.js";
import { ACTOR_ENDED } from "../port/acting.js";
import type { Found, NewSession } from "../port/operations.js";
import { claimsOf } from "./claims.js";
import { type Kind, kindOf } from "./kind-of.js";
import { newSessionId } from "./new-session-id.js";
import { end } from "./presented.js";
import { finish, requireCreated } from "./signed-in.js";
import { claimsPresent, upcoming } from "./start.js";

const MAX_REASON = 200;
/** Where no kind says otherwise. */
const LIMITS = { kind: null, idleTimeout: 15 * 60_000, absoluteTimeout: 60 * 60_000 } as const;

/** Starts a session of a user in which somebody else acts, from a session of their own. */
export async function actAs(
  context: Context,
  principal: Principal,
  reference: UserReference,
  options: ActAsOptions | undefined,
): Promise<SignIn> {
  const user = toUser(reference);
  const given = checkedOptions(context, options);
  const own = await sessionOf(context, principal, user);
  const input = newSession(context, own, user, given);
  const askedAt = context.settings.clock.monotonic();
  const claims = claimsPresent(await claimsOf(context, upcoming(context, input)));
  const outcome = await context.callStore("create", () =>
    context.store.create({ ...input, limit: null, now: context.settings.storeNow() }),
  );
  return await finish(context, requireCreated(context, outcome), { claims, askedAt });
}

/**
 * Ends a session in which somebody acts whose own session is over (contract §2.10). The database ends
 * it where that was ended, but nothing is written where it has only expired.
 */
export async function requireActor(context: Context, session: StoredSession): Promise<void> {
  const { actor } = session;
  if (actor === null) return;
  const { store } = context;
  const { storeNow, clock } = context.settings;
  const found = await context.callStore("find", () => store.find(actor.sessionId, storeNow()));
  if (found !== null && isActive(found.session, found.now)) {
    // Whoever acts uses their own session too.
    context.activity.used(actor.sessionId, clock.now());
    return;
  }
  const ended = await end(context, session, ACTOR_ENDED.reason, ACTOR_ENDED.actor);
  throw invalid("revoked", ended === null ? undefined : revocationOf(ended));
}

type Given = Pick<NewSession, "deviceInfo" | "metadata" | "lastIp"> & {
  readonly reason: { readonly reason?: string };
  readonly limits: Pick<NewSession, "kind" | "idleTimeout" | "absoluteTimeout">;
};

function checkedOptions(context: Context, options: ActAsOptions | undefined): Given {
  const { reason, device, metadata, kind } = optionsObject(options, "options");
  const deviceInfo = checkedDevice(device);
  return {
    deviceInfo,
    lastIp: checkedIp(deviceInfo?.ip, "device.ip"),
    metadata: metadata === undefined ? null : jsonObject(metadata, "metadata"),
    limits: kind === undefined ? LIMITS : limitsOf(kindOf(context, kind)),
    reason: reason === undefined ? {} : { reason: plainText(reason, MAX_REASON, "reason") },
  };
}

function limitsOf({ name, idleTimeout, absoluteTimeout }: Kind): Given["limits"] {
  return { kind: name, idleTimeout, absoluteTimeout };
}

/** The session of whoever wants to act. @throws SessionError when nobody may act from it. */
async function sessionOf(context: Context, principal: Principal, as: User): Promise<Found> {
  if (!isObject(principal) || !isSessionId(principal.sessionId)) {
    throw new TypeError("actAs takes the principal of whoever acts, as verify gives it");
  }
  if (principal.actor !== null) throw new SessionError("actor_forbidden");
  const { user, sessionId } = principal;
  if (userKey(user) === userKey(as)) {
    throw new SessionError("malformed_request", { message: "You cannot act as yourself" });
  }
  const { store } = context;
  // A token of a skipped generation is reuse, which has to be known before.
  await context.activity.settle(sessionId);
  const found = await context.callStore("find", () =>
    store.find(sessionId, context.settings.storeNow()),
  );
  if (found === null || userKey(found.session.user) !== userKey(user)) throw invalid("unknown");
  const { session, now } = found;
  if (session.revokedAt !== null) throw invalid("revoked", revocationOf(session));
  if (!isActive(session, now)) throw invalid("expired");
  if (session.actor !== null || session.scopes !== null) throw new SessionError("actor_forbidden");
  return found;
}

/** Never beyond the session of whoever acts, and as sure of them as that is. */
function newSession(
  context: Context,
  { session: own, now }: Found,
  user: User,
  { reason, limits, ...given }: Given,
): Omit<NewSession, "limit"> {
  return {
    ...given,
    id: newSessionId(),
    user,
    persistent: own.persistent,
    keyId: context.ring.current().id,
    idleTimeout: Math.min(limits.idleTimeout, own.idleTimeout),
    absoluteTimeout: Math.min(limits.absoluteTimeout, own.absoluteExpiresAt - now),
    accessTokenTtl: context.settings.accessTokenTtl,
    authenticatedAt: authenticationTime(own),
    provenAt: now,
    kind: limits.kind,
    scopes: null,
    secretHash: null,
    methods: own.methods,
    level: own.level,
    deviceId: null,
    actor: { user: own.user, sessionId: own.id, ...reason },
    replaces: null,
  };
}

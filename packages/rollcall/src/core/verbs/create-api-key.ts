import type { Context } from "../context.js";
import type { CreatedApiKey } from "../model/answers.js";
import type { ApiKeyOptions } from "../model/api-key-options.js";
import { isObject, optionalTime } from "../model/argument.js";
import { invalid, SessionError } from "../model/errors.js";
import { jsonObject } from "../model/json.js";
import { isScope } from "../model/scope.js";
import { toView } from "../model/session-view.js";
import { toUser, type User, type UserReference, userKey } from "../model/user.js";
import { firstRow } from "../port/first-row.js";
import type { NewSession } from "../port/operations.js";
import { encodeApiKey, hashSecret, newSecret } from "../tokens/api-key.js";
import { claimsOf } from "./claims.js";
import { KEY_COMPROMISED } from "./compromised-key.js";
import { type KeyKind, keyKindOf, limitOf } from "./kind-of.js";
import { checkedName } from "./list.js";
import { newSessionId } from "./new-session-id.js";
import { end } from "./presented.js";

const MOST_SCOPES = 50;
/** Makes an API key: a session with the hash of a secret that is shown this once. */
export async function createApiKey(
  context: Context,
  reference: UserReference,
  options: ApiKeyOptions,
): Promise<CreatedApiKey> {
  const user = toUser(reference);
  const kind = keyKindOf(context, isObject(options) ? options.kind : undefined);
  const secret = newSecret();
  const input = newKey(context, user, kind, options, hashSecret(secret));
  const { settings, store } = context;
  // Each tells every process of itself, as a rename does.
  context.renames.take(userKey(user));
  const upcoming = firstRow({ ...input, limit: null }, settings.clock.now());
  if ((await claimsOf(context, upcoming)) === null) throw invalid("user_gone");
  const { maxPerUser } = kind;
  const max =
    maxPerUser === null ? null : await context.callStore("maxPerUser", () => maxPerUser(user));
  const most = limitOf(context, kind, max);
  // A key that somebody's program depends on must not end because there is another.
  const limit = most === null ? null : ({ ...most, onLimit: "refuse" } as const);
  const outcome = await context.callStore("create", () =>
    store.create({ ...input, limit, now: settings.storeNow() }),
  );
  if (outcome.outcome === "refused") {
    throw new SessionError("session_limit", { message: "Too many API keys, end one first" });
  }
  if (outcome.outcome === "outdated") throw invalid("proof_outdated");
  const { session } = outcome;
  // The key was dropped in the meantime, and that may have missed this session.
  if (context.ring.isCompromised(session.keyId)) {
    const { reason, actor } = KEY_COMPROMISED;
    await end(context, session, reason, actor);
    throw invalid("forged");
  }
  const token = encodeApiKey({ prefix: kind.prefix, sessionId: session.id, secret });
  return { session: toView(session), token };
}

function newKey(
  context: Context,
  user: User,
  kind: KeyKind,
  options: ApiKeyOptions,
  secretHash: string,
): Omit<NewSession, "limit"> {
  const { metadata, provenBy } = options;
  if (provenBy !== undefined && !isObject(provenBy)) {
    throw new TypeError("provenBy must be the principal of the session that asks, or left out");
  }
  // Whoever has found a key must not be able to make others from it.
  if (provenBy !== undefined && provenBy.scopes !== null) {
    throw new SessionError("kind_forbidden", { message: "An API key cannot make another" });
  }
  // Nor may whoever helps a user take a key to their account along.
  if (provenBy !== undefined && provenBy.actor !== null) throw new SessionError("actor_forbidden");
  const { settings } = context;
  return {
    id: newSessionId(),
    user,
    name: checkedName(options.name),
    deviceInfo: null,
    metadata: metadata === undefined ? null : jsonObject(metadata, "metadata"),
    lastIp: null,
    persistent: true,
    keyId: keyIdOf(context, provenBy),
    idleTimeout: kind.idleTimeout,
    absoluteTimeout: lifeOf(options.expiresAt, kind, settings.clock.now()),
    accessTokenTtl: settings.accessTokenTtl,
    authenticatedAt: provenBy?.authenticatedAt?.getTime() ?? null,
    kind: kind.name,
    scopes: checkedScopes(options.scopes),
    secretHash,
    methods: null,
    level: null,
    deviceId: null,
    actor: null,
    replaces: null,
    provenBy: provenBy?.sessionId,
  };
}

/** No key signs an API key. It ends when that is compromised by whose token it was asked for. */
function keyIdOf({ ring, verifier }: Context, provenBy: ApiKeyOptions["provenBy"]): string {
  const presented = provenBy === undefined ? null : verifier.keyIdOf(provenBy);
  return presented ?? ring.current().id;
}

/** @throws SessionError `malformed_request` for a time that has passed. */
function lifeOf(expiresAt: Date | undefined, kind: KeyKind, now: number): number {
  const end = optionalTime(expiresAt, "expiresAt");
  if (end === null) return kind.absoluteTimeout;
  if (end <= now) throw malformed("expiresAt must lie in the future");
  return Math.min(end - now, kind.absoluteTimeout);
}

/** @throws SessionError `malformed_request`. */
function checkedScopes(scopes: readonly string[]): readonly string[] {
  if (!Array.isArray(scopes) || scopes.length > MOST_SCOPES) {
    throw malformed(`scopes must be a list of at most ${MOST_SCOPES} names`);
  }
  for (const scope of scopes) {
    if (isScope(scope)) continue;
    throw malformed(
      "a scope must be 1 to 64 characters of printable ASCII, without space, quote or backslash",
    );
  }
  return [...new Set(scopes)];
}

function malformed(message: string): SessionError {
  return new SessionError("malformed_request", { message });
}

import type { Context } from "../context.js";
import type { SignIn } from "../model/answers.js";
import { checkedMethods, optionalTime, optionsObject } from "../model/argument.js";
import type { ReauthenticateOptions } from "../model/call-options.js";
import type { Principal } from "../model/credentials.js";
import { invalid, SessionError } from "../model/errors.js";
import { reauthenticated } from "../model/reauthentication.js";
import { toView } from "../model/session-view.js";
import type { Found, Reauthentication } from "../port/operations.js";
import { checkedLevel, leftOf, limitsAt } from "./level.js";
import { claimsOrEnd, refused } from "./presented.js";
import { isOvertaken } from "./signed-in.js";

/**
 * Raises a session, or whatever the application passes: what it says of the authentication, and new
 * tokens in the place of the former ones (contract §4.9).
 */
export async function reauthenticate(
  context: Context,
  principal: Principal,
  options: ReauthenticateOptions,
): Promise<SignIn> {
  const { store, settings } = context;
  const { storeNow } = settings;
  const { user, sessionId } = principal;
  const given = checked(context, options);
  // Whoever acts as a user cannot prove to be that user.
  if (principal.actor !== null) throw new SessionError("actor_forbidden");
  // A token of a skipped generation is reuse, which has to be known before the session is raised.
  await context.activity.settle(sessionId);
  const found = await context.callStore("find", () => store.find(sessionId, storeNow()));
  if (found === null) throw invalid("unknown");
  if (found.session.scopes !== null) throw new SessionError("kind_forbidden");
  const input = inputOf(context, principal, given, found);
  const askedAt = settings.clock.monotonic();
  const asked = await claimsOrEnd(context, reauthenticated(found.session, input, found.now));
  const outcome = await context.callStore("reauthenticate", () =>
    store.reauthenticate(user, sessionId, { ...input, now: storeNow() }),
  );
  if (outcome.outcome === "outdated") throw invalid("proof_outdated");
  if (outcome.outcome !== "reauthenticated") throw refused(context, outcome);
  const { session, now, claimsAt } = outcome;
  const { outdatedTo, outdatedUntil } = session;
  if (outdatedTo !== null && outdatedUntil !== null) {
    context.markOutdated([{ id: session.id, generation: outdatedTo, until: outdatedUntil }]);
  }
  // The new generation is none of those that a refreshClaims() of meanwhile has outdated.
  const claims = isOvertaken(context, claimsAt, now, { askedAt })
    ? await claimsOrEnd(context, session)
    : asked;
  return { session: toView(session), tokens: context.issuer.issue(session, now, claims) };
}

type Checked = Pick<Reauthentication, "methods" | "level" | "authenticatedAt">;

/** @throws TypeError naming the option at fault. */
function checked(context: Context, options: ReauthenticateOptions): Checked {
  const given = optionsObject(options, "options");
  const methods = checkedMethods(given.methods);
  if (methods === null) {
    throw new TypeError('methods must say how the user was authenticated, such as ["pwd"]');
  }
  const level = checkedLevel(context, given.level);
  // Left out it would have to keep the level, as if the password alone proved the second factor too.
  if (level === null && context.settings.levels.names.length > 0) {
    throw new TypeError("level must say which of the levels of createSessions was reached");
  }
  const authenticatedAt = optionalTime(given.authenticatedAt, "authenticatedAt");
  return { methods, level, authenticatedAt };
}

/** @throws SessionError `reauthentication_required` when the limit of the level has passed already. */
function inputOf(
  context: Context,
  { generation }: Principal,
  given: Checked,
  { session }: Found,
): Reauthentication {
  const limits = limitsAt(context, session, given.level);
  leftOf(context, limits, given.level, given.authenticatedAt);
  return {
    ...given,
    ...limits,
    presented: generation,
    keyId: context.ring.current().id,
    accessTokenTtl: context.settings.accessTokenTtl,
  };
}

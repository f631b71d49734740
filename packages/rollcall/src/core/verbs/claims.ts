import type { Context } from "../context.js";
import { unavailable } from "../model/errors.js";
import { copyJson, type JsonObject } from "../model/json.js";
import type { StoredSession } from "../model/session.js";
import { toView } from "../model/session-view.js";
import { roomForClaims } from "../tokens/access-token.js";
import { RESERVED_CLAIMS } from "../tokens/token-layout.js";

/** For applications that add none. */
export const NO_CLAIMS: JsonObject = Object.freeze({});

/**
 * What the application adds to the access tokens of a session; `null` when its user is gone. Called
 * before anything is written, so that an unusable answer loses nothing. If the callback fails we do
 * not know the answer, which is a 503 and never a sign-out.
 *
 * @throws TypeError when the claims do not fit into a token.
 */
export async function claimsOf(
  context: Context<unknown>,
  session: StoredSession,
): Promise<JsonObject | null> {
  const { claimsFor } = context.settings;
  if (claimsFor === null) return NO_CLAIMS;
  const claims = await context.callStore("claimsFor", async () => {
    try {
      return await claimsFor(session.user, toView(session));
    } catch (error) {
      throw unavailable("claimsFor", error);
    }
  });
  return checked(context, session, claims);
}

/** The same, synchronously. @throws TypeError when `claimsFor` is asynchronous. */
export function claimsOfSync(context: Context<unknown>, session: StoredSession): JsonObject | null {
  const { claimsFor } = context.settings;
  if (claimsFor === null) return NO_CLAIMS;
  const claims = claimsFor(session.user, toView(session));
  if (isThenable(claims)) {
    // This error already reports it.
    claims.then(undefined, () => {});
    throw new TypeError("claimsFor must answer synchronously for inSync().start()");
  }
  return checked(context, session, claims);
}

/** Libraries have promises of their own, and queries that run when awaited: neither is a `Promise`. */
function isThenable(value: object | null): value is PromiseLike<unknown> {
  return value !== null && "then" in value && typeof value.then === "function";
}

function checked(
  context: Context<unknown>,
  session: StoredSession,
  claims: JsonObject | null,
): JsonObject | null {
  if (claims === null) return null;
  const { copy, bytes } = copyJson(claims, "claimsFor: the answer");
  for (const name of RESERVED_CLAIMS) {
    if (Object.hasOwn(copy, name))
      throw new TypeError(`claimsFor: the claim "${name}" is reserved`);
  }
  const room = roomForClaims(session, context.settings);
  if (bytes > room) {
    throw new TypeError(
      `claimsFor: the claims take ${bytes} bytes as JSON, and the access token of this session has ` +
        `room for ${room}, since a cookie must hold it; answer with fewer claims`,
    );
  }
  return copy;
}

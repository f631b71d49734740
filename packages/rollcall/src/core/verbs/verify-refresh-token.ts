import type { Context } from "../context.js";
import type { Principal } from "../model/credentials.js";
import { contextOf } from "../model/session.js";
import { requireActor } from "./act-as.js";
import { claimsOrEnd, decode, type Looked, look } from "./presented.js";

/** Verifies a refresh token with one read, without rotating it. */
export async function verifyRefreshToken(context: Context, token: string): Promise<Principal> {
  const presented = decode(context, token);
  const looked = await look(context, presented);
  const { session } = looked;
  await requireActor(context, session);
  const claims = await claimsOrEnd(context, session);
  await use(context, looked);
  return context.verifier.principal({
    keyId: presented.keyId,
    user: session.user,
    sessionId: session.id,
    generation: presented.generation,
    claims,
    context: contextOf(session),
    expiresAt: session.expiresAt,
  });
}

/** Records a use, like that of an access token, and a first use if it is one. */
async function use(context: Context, { session, now, decision }: Looked): Promise<void> {
  const { clock, storeNow, touchInterval } = context.settings;
  if (decision === "rotate" && session.confirmed < session.generation) {
    context.activity.firstUse(session.id, session.generation);
  }
  context.activity.used(session.id, clock.now());
  // Unlike with access tokens, the session may be about to expire: a batch would be too late.
  if (session.expiresAt - now <= 2 * touchInterval) {
    await context.callStore("touch", () =>
      context.store.touch([{ id: session.id, at: now }], storeNow()),
    );
  }
}

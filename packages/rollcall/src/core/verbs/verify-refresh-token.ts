import type { Core } from "../context.js";
import type { Principal } from "../sessions-api.js";
import { claimsOrEnd, decode, type Looked, look } from "./presented.js";

/** Proves the holder of a refresh token by one read, without rotating. */
export async function verifyRefreshToken(core: Core, token: string): Promise<Principal> {
  const presented = decode(core, token);
  const looked = await look(core, presented);
  const { session } = looked;
  const claims = await claimsOrEnd(core, session);
  await use(core, looked);
  return core.verifier.principal({
    keyId: presented.keyId,
    user: session.user,
    sessionId: session.id,
    generation: presented.generation,
    claims,
    expiresAt: session.expiresAt,
  });
}

/** A use like that of an access token, written behind; and a first use, if it is one. */
async function use(core: Core, { session, now, decision }: Looked): Promise<void> {
  const { clock, store, storeNow, touchInterval } = core.settings;
  if (decision === "rotate" && session.confirmed < session.generation) {
    core.activity.firstUse(session.id, session.generation);
  }
  core.activity.used(session.id, clock.now());
  // Unlike an access token's, this use may come at the last moment: it would be written too late.
  if (session.expiresAt - now <= 2 * touchInterval) {
    await core.callStore(() => store.touch([{ id: session.id, at: now }], storeNow()));
  }
}

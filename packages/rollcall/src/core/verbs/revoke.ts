import type { Core } from "../context.js";
import { checkedActor } from "../model/actor.js";
import { optionsObject } from "../model/argument.js";
import type { Revocation, RevocationReason, SessionId } from "../model/session.js";
import { isSessionId } from "../model/session.js";
import { type Session, toView } from "../model/session-view.js";
import { toUser, type UserReference } from "../model/user.js";
import type { RevokedEntry, SyncTransactionStore, TransactionStore } from "../port/store.js";
import type { RevokeOptions } from "../sessions-api.js";

type MarkRevoked = (ended: readonly RevokedEntry[]) => void;

/** Ends one session. */
export async function revoke(
  core: Core,
  store: TransactionStore,
  reference: UserReference,
  id: string,
  options: RevokeOptions | undefined,
  markRevoked: MarkRevoked,
): Promise<Session | null> {
  const user = toUser(reference);
  const revocation = revocationOf(options, "revoked");
  if (!isSessionId(id)) return null;
  const revoked = await core.callStore(() =>
    store.revoke(user, id, revocation, core.settings.storeNow()),
  );
  if (revoked === null) return null;
  // Also when it had ended before: another process may have done it a moment ago.
  if (revoked.session.revokedAt !== null) markRevoked([revoked.session]);
  return toView(revoked.session);
}

/** Ends all sessions of a user, or all but one. */
export async function revokeAll(
  core: Core,
  store: TransactionStore,
  reference: UserReference,
  except: string | null,
  options: RevokeOptions | undefined,
  markRevoked: MarkRevoked,
): Promise<number> {
  const ended = await core.callStore(() =>
    store.revokeAll(...revokeAllInput(core, reference, except, options)),
  );
  markRevoked(ended);
  return ended.length;
}

/** {@link revoke} inside a synchronous transaction of the caller's. */
export function revokeSync(
  core: Core,
  store: SyncTransactionStore,
  reference: UserReference,
  id: string,
  options: RevokeOptions | undefined,
): Session | null {
  const user = toUser(reference);
  const revocation = revocationOf(options, "revoked");
  if (!isSessionId(id)) return null;
  const revoked = store.revoke(user, id, revocation, core.settings.storeNow());
  return revoked === null ? null : toView(revoked.session);
}

/** {@link revokeAll} inside a synchronous transaction of the caller's. */
export function revokeAllSync(
  core: Core,
  store: SyncTransactionStore,
  reference: UserReference,
  except: string | null,
  options: RevokeOptions | undefined,
): number {
  return store.revokeAll(...revokeAllInput(core, reference, except, options)).length;
}

function revokeAllInput(
  core: Core,
  reference: UserReference,
  except: string | null,
  options: RevokeOptions | undefined,
): Parameters<TransactionStore["revokeAll"]> {
  const revocation = revocationOf(options, except === null ? "revoke_all" : "revoke_others");
  const input = { revocation, except: exceptId(except), now: core.settings.storeNow() };
  return [toUser(reference), input];
}

function exceptId(id: string | null): SessionId | null {
  // A mistyped id must not turn "the others" into "everywhere".
  if (id !== null && !isSessionId(id)) throw new TypeError("currentId must be the id of a session");
  return id;
}

function revocationOf(options: RevokeOptions | undefined, standard: RevocationReason): Revocation {
  const { actor, reason = standard } = optionsObject(options, "options");
  if (typeof reason !== "string" || !/^[\x20-\x7e]{1,64}$/.test(reason)) {
    throw new TypeError("reason must be 1 to 64 printable ASCII characters");
  }
  return { reason, actor: checkedActor(actor) };
}

import type { Context } from "../context.js";
import { checkedActor } from "../model/actor.js";
import { optionsObject } from "../model/argument.js";
import type { RevokeOptions } from "../model/call-options.js";
import type { Revocation, RevocationReason, SessionId } from "../model/session.js";
import { isSessionId } from "../model/session.js";
import { type Session, toView } from "../model/session-view.js";
import { toUser, type UserReference } from "../model/user.js";
import type { SyncTransactionStore, TransactionStore } from "../port/store.js";

/** Ends one session. */
export async function revoke(
  context: Context<TransactionStore>,
  reference: UserReference,
  id: string,
  options: RevokeOptions | undefined,
): Promise<Session | null> {
  const user = toUser(reference);
  const revocation = revocationOf(options, "revoked");
  if (!isSessionId(id)) return null;
  const revoked = await context.callStore("revoke", () =>
    context.store.revoke(user, id, revocation, context.settings.storeNow()),
  );
  if (revoked === null) return null;
  // Even if it had ended before: another process may have ended it a moment ago.
  if (revoked.session.revokedAt !== null) context.markRevoked([revoked.session]);
  return toView(revoked.session);
}

/** Ends all sessions of a user, or all but one. */
export async function revokeAll(
  context: Context<TransactionStore>,
  reference: UserReference,
  except: string | null,
  options: RevokeOptions | undefined,
): Promise<number> {
  const ended = await context.callStore("revokeAll", () =>
    context.store.revokeAll(...revokeAllInput(context, reference, except, options)),
  );
  context.markRevoked(ended);
  return ended.length;
}

/** {@link revoke} inside a synchronous transaction of the caller's. */
export function revokeSync(
  context: Context<SyncTransactionStore>,
  reference: UserReference,
  id: string,
  options: RevokeOptions | undefined,
): Session | null {
  const user = toUser(reference);
  const revocation = revocationOf(options, "revoked");
  if (!isSessionId(id)) return null;
  const revoked = context.store.revoke(user, id, revocation, context.settings.storeNow());
  return revoked === null ? null : toView(revoked.session);
}

/** {@link revokeAll} inside a synchronous transaction of the caller's. */
export function revokeAllSync(
  context: Context<SyncTransactionStore>,
  reference: UserReference,
  except: string | null,
  options: RevokeOptions | undefined,
): number {
  return context.store.revokeAll(...revokeAllInput(context, reference, except, options)).length;
}

function revokeAllInput(
  context: Context<unknown>,
  reference: UserReference,
  except: string | null,
  options: RevokeOptions | undefined,
): Parameters<TransactionStore["revokeAll"]> {
  const revocation = revocationOf(options, except === null ? "revoke_all" : "revoke_others");
  const input = { revocation, except: exceptId(except), now: context.settings.storeNow() };
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

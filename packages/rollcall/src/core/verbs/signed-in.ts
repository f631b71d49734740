import type { Context } from "../context.js";
import type { SignIn } from "../model/answers.js";
import { invalid, SessionError } from "../model/errors.js";
import type { JsonObject } from "../model/json.js";
import type { Revocation, StoredSession } from "../model/session.js";
import { toView } from "../model/session-view.js";
import type { CreateOutcome } from "../port/operations.js";
import type { SyncTransactionStore, TransactionStore } from "../port/store.js";
import { claimsOfSync } from "./claims.js";
import { claimsOrEnd } from "./presented.js";

/** A sign-in as the store wrote it. */
type Created = Extract<CreateOutcome, { readonly outcome: "created" }>;

/** Claims, and when they were asked for, on the monotonic clock. */
interface AskedClaims {
  readonly claims: JsonObject;
  readonly askedAt: number;
}

/** @throws SessionError when the sign-in was refused. */
export function requireCreated(context: Context<unknown>, outcome: CreateOutcome): Created {
  if (outcome.outcome === "refused") throw new SessionError("session_limit");
  if (outcome.outcome === "outdated") throw invalid("proof_outdated");
  context.markRevoked(outcome.ended);
  return outcome;
}

/** The answer to a sign-in, with claims that are true now. */
export async function finish(
  context: Context<TransactionStore>,
  created: Created,
  asked: AskedClaims,
): Promise<SignIn> {
  const { session } = created;
  const isOld = isOvertaken(context, created.claimsAt, session.createdAt, asked);
  return signInOf(context, session, isOld ? await claimsOrEnd(context, session) : asked.claims);
}

/** {@link finish} inside a synchronous transaction of the caller's. */
export function finishSync(
  context: Context<SyncTransactionStore>,
  created: Created,
  asked: AskedClaims,
): SignIn {
  const { session } = created;
  if (!isOvertaken(context, created.claimsAt, session.createdAt, asked)) {
    return signInOf(context, session, asked.claims);
  }
  const claims = claimsOfSync(context, session);
  if (claims !== null) return signInOf(context, session, claims);
  context.store.revoke(session.user, session.id, USER_GONE, context.settings.storeNow());
  throw invalid("user_gone");
}

const USER_GONE: Revocation = { reason: "user_gone", actor: { kind: "system" } };

/**
 * No transaction of an application is open for longer. The time of a refreshClaims() is noted before
 * its transaction commits, which a sign-in waits for; so a sign-in soon after one asks once in vain.
 */
const LONGEST_TRANSACTION = 3_600_000;

/**
 * Whether claims may be older than the latest refreshClaims(), which did not see the generation yet
 * that they are for. `writtenAt`: when that was stored.
 */
export function isOvertaken(
  { settings: { claimsFor, clock } }: Context<unknown>,
  claimsAt: number | null,
  writtenAt: number,
  { askedAt }: Pick<AskedClaims, "askedAt">,
): boolean {
  if (claimsFor === null || claimsAt === null) return false;
  // By the database's clock alone, save for the length of time since claims were asked for.
  const asked = writtenAt - (clock.monotonic() - askedAt);
  return claimsAt >= asked - LONGEST_TRANSACTION;
}

function signInOf(context: Context<unknown>, session: StoredSession, claims: JsonObject): SignIn {
  // The transaction may be rolled back, so each process checks the session once before it trusts it.
  const tokens = context.issuer.issue(session, session.createdAt, claims, context.inTransaction);
  return { session: toView(session), tokens };
}

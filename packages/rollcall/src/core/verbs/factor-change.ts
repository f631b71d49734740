import type { Context } from "../context.js";
import { checkedActor } from "../model/actor.js";
import { optionsObject } from "../model/argument.js";
import type { FactorChangeOptions } from "../model/call-options.js";
import { isSessionId } from "../model/session.js";
import { toUser, type UserReference } from "../model/user.js";
import type { SyncTransactionStore, TransactionStore } from "../port/store.js";
import { checkedLevel } from "./level.js";

/** Ends what a former password or second factor may have opened, and refuses what it may yet open. */
export async function onFactorChange(
  context: Context<TransactionStore>,
  reference: UserReference,
  options: FactorChangeOptions | undefined,
): Promise<number> {
  const input = inputOf(context, reference, options);
  const ended = await context.callStore("revokeAll", () => context.store.revokeAll(...input));
  context.markRevoked(ended);
  return ended.length;
}

/** {@link onFactorChange} inside a synchronous transaction of the caller's. */
export function onFactorChangeSync(
  context: Context<SyncTransactionStore>,
  reference: UserReference,
  options: FactorChangeOptions | undefined,
): number {
  return context.store.revokeAll(...inputOf(context, reference, options)).length;
}

function inputOf(
  context: Context<unknown>,
  reference: UserReference,
  options: FactorChangeOptions | undefined,
): Parameters<TransactionStore["revokeAll"]> {
  const { keep = null, belowLevel, actor } = optionsObject(options, "options");
  if (keep !== null && !isSessionId(keep)) throw new TypeError("keep must be the id of a session");
  const level = checkedLevel(context, belowLevel, "belowLevel");
  const { levels, storeNow } = context.settings;
  const input = {
    revocation: { reason: "factor_changed", actor: checkedActor(actor) },
    except: keep,
    sparedLevels: level === null ? [] : levels.names.slice(levels.names.indexOf(level)),
    isEverywhere: true,
    now: storeNow(),
  };
  return [toUser(reference), input];
}

import type { Context } from "../context.js";
import { unavailable } from "../model/errors.js";
import type { Revocation, SessionId } from "../model/session.js";
import type { KeyRevocation, KeyRevoked } from "../port/key-revocation.js";

export const KEY_COMPROMISED: Revocation = { reason: "key_compromised", actor: { kind: "system" } };

/**
 * Ends all sessions that a key has touched, in batches, so that a million of them block neither this
 * process nor the database. Locked rows come last.
 */
export async function revokeByKey(context: Context, keyId: string): Promise<number> {
  const { store } = context;
  const { storeNow } = context.settings;
  let count = 0;
  const sweep = async (wait: boolean): Promise<boolean> => {
    let left = false;
    let after: SessionId | null = null;
    do {
      const stretch: KeyRevocation = {
        keyId,
        revocation: KEY_COMPROMISED,
        after,
        wait,
        now: storeNow(),
      };
      const page: KeyRevoked = await context.callStore("revokeByKey", () =>
        store.revokeByKey(stretch),
      );
      context.markRevoked(page.ended);
      count += page.ended.length;
      left ||= page.left;
      after = page.next;
    } while (after !== null);
    return left;
  };
  if ((await sweep(false)) && (await sweep(true))) {
    throw unavailable(
      "revokeByKey",
      new Error("sessions of a compromised key were locked by others"),
    );
  }
  return count;
}

import type { Context } from "../context.js";
import { checkedActor } from "../model/actor.js";
import { optionsObject } from "../model/argument.js";
import { type JsonObject, jsonObject } from "../model/json.js";
import { type Actor, isSessionId } from "../model/session.js";
import { type Session, toView } from "../model/session-view.js";
import { toUser, type UserReference, userKey } from "../model/user.js";
import { withPendingUse } from "./list.js";

/** Puts other metadata in the place of that of an active session of the user. */
export async function update(
  context: Context,
  reference: UserReference,
  id: string,
  changes: { readonly metadata: JsonObject | null },
  options: { readonly actor?: Actor } | undefined,
): Promise<Session | null> {
  const user = toUser(reference);
  const { metadata } = optionsObject(changes, "changes");
  if (metadata === undefined) {
    throw new TypeError("metadata must be a JSON object, or null to clear it");
  }
  const change = {
    metadata: metadata === null ? null : jsonObject(metadata, "metadata"),
    actor: checkedActor(optionsObject(options, "options").actor),
  };
  if (!isSessionId(id)) return null;
  context.updates.take(userKey(user));
  const row = await context.callStore("update", () =>
    context.store.update(user, id, { ...change, now: context.settings.storeNow() }),
  );
  return row === null ? null : toView(withPendingUse(context, row));
}

import type { Context } from "../context.js";
import { checkedActor } from "../model/actor.js";
import type { SessionPage } from "../model/answers.js";
import { optionsObject } from "../model/argument.js";
import { SessionError } from "../model/errors.js";
import { type Actor, isSessionId } from "../model/session.js";
import type { SessionSummary } from "../model/session-summary.js";
import { type Session, toActiveView, toView } from "../model/session-view.js";
import { toUser, type UserReference, userKey } from "../model/user.js";
import { decodeCursor, encodeCursor } from "./list-cursor.js";

const MAX_LIMIT = 100;
const MAX_NAME = 64;

/** The user's active sessions, newest sign-in first. */
export async function list(
  context: Context,
  reference: UserReference,
  page: { readonly limit?: number; readonly cursor?: string } | undefined,
): Promise<SessionPage> {
  const user = toUser(reference);
  const { limit = MAX_LIMIT, cursor } = optionsObject(page, "page");
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw malformed(`limit must be a whole number from 1 to ${MAX_LIMIT}`);
  }
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const rows = await context.callStore("list", () =>
    // One more than requested, to know whether there is another page.
    context.store.list(user, { limit: limit + 1, after, now: context.settings.storeNow() }),
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const sessions = shown.map((row) => toActiveView(withPendingUse(context, row)));
  return rows.length > limit && last !== undefined
    ? { sessions, nextCursor: encodeCursor(last) }
    : { sessions };
}

/** One session of the user, in whatever state. */
export async function get(
  context: Context,
  reference: UserReference,
  id: string,
): Promise<Session | null> {
  const user = toUser(reference);
  if (!isSessionId(id)) return null;
  const row = await context.callStore("get", () => context.store.get(user, id));
  return row === null ? null : toView(withPendingUse(context, row));
}

/** Names an active session of the user, or clears its name. */
export async function rename(
  context: Context,
  reference: UserReference,
  id: string,
  name: string | null,
  options: { readonly actor?: Actor } | undefined,
): Promise<Session | null> {
  const user = toUser(reference);
  const actor = checkedActor(optionsObject(options, "options").actor);
  const change = { name: name === null ? null : checkedName(name), actor };
  if (!isSessionId(id)) return null;
  context.renames.take(userKey(user));
  const row = await context.callStore("rename", () =>
    context.store.rename(user, id, { ...change, now: context.settings.storeNow() }),
  );
  return row === null ? null : toView(withPendingUse(context, row));
}

/** A name as it is stored. @throws SessionError `malformed_request`. */
export function checkedName(name: string): string {
  const trimmed = typeof name === "string" ? name.trim() : "";
  const length = [...trimmed].length;
  if (length < 1 || length > MAX_NAME) {
    throw malformed(`name must be 1 to ${MAX_NAME} characters, or null`);
  }
  if (!trimmed.isWellFormed() || /\p{Cc}/u.test(trimmed)) {
    throw malformed("name must not contain control characters");
  }
  return trimmed;
}

/** Includes a use that this process has not written yet. */
export function withPendingUse<Row extends SessionSummary>(context: Context, row: Row): Row {
  const used = context.activity.pendingUse(row.id) ?? 0;
  return used > row.lastUsedAt ? { ...row, lastUsedAt: used } : row;
}

function malformed(message: string): SessionError {
  return new SessionError("malformed_request", { message });
}

import type { Actor, SessionActor } from "../model/session.js";
import type { NewSession } from "./operations.js";

/** Who `session.created` tells of: the session itself, or whoever acts in it. */
export function startedBy({ id, actor }: Pick<NewSession, "id" | "actor">): Actor {
  if (actor === null) return { kind: "self", sessionId: id };
  return { kind: "admin", sessionId: actor.sessionId, id: actor.user.id };
}

/**
 * The time that counts against the user's latest "everywhere"; `null`: none does. The session that an
 * API key is made from (`provenBy`) counts by itself: "everywhere" has ended it, or was told to let it go on.
 */
export function provenAt(input: NewSession): number | null {
  if (input.provenBy !== undefined) return null;
  return input.provenAt ?? input.authenticatedAt;
}

/**
 * The session that a new one is made from, which must be active: that of whoever acts as the user, or
 * that in which the user asks for an API key. `null`: the user was authenticated.
 */
export function makerOf({ user, actor, provenBy }: NewSession): SessionActor | null {
  return actor ?? (provenBy === undefined ? null : { user, sessionId: provenBy });
}

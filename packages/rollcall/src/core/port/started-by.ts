import type { Actor } from "../model/session.js";
import type { NewSession } from "./operations.js";

/** Who `session.created` tells of: the session itself, or whoever acts in it. */
export function startedBy({ id, actor }: Pick<NewSession, "id" | "actor">): Actor {
  if (actor === null) return { kind: "self", sessionId: id };
  return { kind: "admin", sessionId: actor.sessionId, id: actor.user.id };
}

/** The time that counts against the user's latest "everywhere"; `null`: none does. */
export function provenAt(input: NewSession): number | null {
  return input.provenAt ?? input.authenticatedAt;
}

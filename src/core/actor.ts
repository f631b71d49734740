import { type Actor, isSessionId } from "./session.js";

const KINDS: readonly Actor["kind"][] = ["self", "user", "admin", "system"];
const MAX_ID = 255;

/**
 * Copies an actor, so that nothing else an object may hold gets into the database.
 *
 * @throws TypeError naming the field at fault.
 */
export function checkedActor({ kind, sessionId, id }: Actor): Actor {
  if (!KINDS.includes(kind)) throw new TypeError(`actor.kind must be one of ${KINDS.join(", ")}`);
  if (sessionId !== undefined && !isSessionId(sessionId)) {
    throw new TypeError("actor.sessionId must be the id of a session");
  }
  if (id !== undefined && (typeof id !== "string" || id === "" || id.length > MAX_ID)) {
    throw new TypeError(`actor.id must be a text of 1 to ${MAX_ID} characters`);
  }
  if (id !== undefined && (id.includes("\0") || !id.isWellFormed())) {
    throw new TypeError("actor.id must not contain NUL or lone surrogates");
  }
  return {
    kind,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(id === undefined ? {} : { id }),
  };
}

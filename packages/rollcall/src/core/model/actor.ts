import { isObject, plainText } from "./argument.js";
import { type Actor, isSessionId } from "./session.js";

const KINDS: readonly Actor["kind"][] = ["self", "user", "admin", "system"];
const MAX_ID = 255;
const SYSTEM: Actor = { kind: "system" };

/**
 * Copies an actor, so that nothing else an object may hold gets into the database. `undefined`
 * counts as `{ kind: "system" }`.
 *
 * @throws TypeError naming the field at fault.
 */
export function checkedActor(actor: Actor = SYSTEM): Actor {
  if (!isObject(actor)) throw new TypeError("actor must be an object with a kind");
  const { kind, sessionId, id } = actor;
  if (!KINDS.includes(kind)) throw new TypeError(`actor.kind must be one of ${KINDS.join(", ")}`);
  if (sessionId !== undefined && !isSessionId(sessionId)) {
    throw new TypeError("actor.sessionId must be the id of a session");
  }
  return {
    kind,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(id === undefined ? {} : { id: plainText(id, MAX_ID, "actor.id") }),
  };
}

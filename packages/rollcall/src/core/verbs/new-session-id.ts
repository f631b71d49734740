import { randomUUID } from "node:crypto";
import { isSessionId, type SessionId } from "../model/session.js";

/** The id of a new session. */
export function newSessionId(): SessionId {
  const id: string = randomUUID();
  if (!isSessionId(id)) throw new TypeError("randomUUID gave no UUID");
  return id;
}

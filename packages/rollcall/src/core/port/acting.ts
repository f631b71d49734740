import type { Revocation } from "../model/session.js";

/** How the sessions end in which somebody acted whose own session has ended. */
export const ACTOR_ENDED: Revocation = { reason: "actor_ended", actor: { kind: "system" } };

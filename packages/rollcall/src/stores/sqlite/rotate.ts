import { decide, rotated } from "../../core/model/rotation.js";
import type { Rotation, RotationOutcome } from "../../core/port/store.js";
import { toSession } from "../row.js";
import * as sql from "./statements.js";
import { toValues } from "./values.js";
import { appendEvents, revocationValues, SYSTEM, tellEnded, type Writing } from "./writing.js";

/**
 * Presents a generation. The good case is one UPDATE; whoever gets its row has rotated. An empty
 * result is looked into with the core's own decision table, under the same write lock.
 */
export function rotate(writing: Writing, input: Rotation): RotationOutcome {
  const answer = decideAndWrite(writing, input);
  if (answer.outcome === "rotated" || answer.outcome === "retried") {
    writing.connection.run(sql.TOUCHED_BY, { id: input.id, keyId: input.presentedKeyId });
  }
  return answer;
}

function decideAndWrite(writing: Writing, input: Rotation): RotationOutcome {
  const { connection } = writing;
  const now = input.now ?? Date.now();
  const row = connection.rows(sql.ROTATE, {
    id: input.id,
    presented: input.presented,
    keyId: input.keyId,
    ip: input.ip,
    accessTokenTtl: input.accessTokenTtl,
    now,
  })[0];
  if (row !== undefined)
    return { outcome: "rotated", session: toSession(row, writing.report), now };

  const found = connection.rows(sql.FIND, { id: input.id })[0];
  if (found === undefined) return { outcome: "unknown" };
  const session = toSession(found, writing.report);
  const decision = decide(session, input.presented, now, input.retryWindow);
  switch (decision) {
    case "revoked":
    case "expired":
      return { outcome: decision, session, now };
    case "retry":
      return { outcome: "retried", session, now };
    case "reuse": {
      const revocation = { reason: "refresh_token_reuse", actor: SYSTEM };
      const owner = { userType: session.user.type, userId: session.user.id };
      const values = { id: input.id, ...owner, ...revocationValues(revocation, now) };
      const ended = connection.rows(sql.REVOKE, values);
      tellEnded(writing, ended, revocation, now, "session.reuse_detected");
      const left = ended[0];
      return {
        outcome: "reused",
        session: left === undefined ? session : toSession(left, writing.report),
        now,
      };
    }
    default: {
      const moved = rotated(session, decision, input, now);
      connection.run(sql.WRITE_ROTATION, toValues(moved));
      if (decision === "ahead") {
        const { user, id: sessionId } = session;
        const event = { type: "session.generation_ahead", user, sessionId, actor: SYSTEM } as const;
        appendEvents(writing, now, [event]);
      }
      return { outcome: "rotated", session: moved, now };
    }
  }
}

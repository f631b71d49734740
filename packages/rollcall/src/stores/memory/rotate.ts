import { decide, rotated } from "../../core/model/rotation.js";
import type { Rotation, RotationOutcome } from "../../core/port/operations.js";
import type { MemoryDatabase, Tables } from "./database.js";
import { tellMoves } from "./devices.js";

/** Presents a generation, and does what `decide` says. */
export function rotate(
  { rows, touchedBy }: MemoryDatabase,
  { put, record, hint, endReused }: Tables,
  input: Rotation,
): RotationOutcome {
  const now = input.now ?? Date.now();
  const row = rows.get(input.id);
  if (row === undefined) return { outcome: "unknown" };
  const decision = decide(row, input.presented, now, input.retryWindow);
  switch (decision) {
    case "superseded":
    case "revoked":
    case "expired":
      return { outcome: decision, session: row, now };
    case "retry":
      touchedBy.get(row.id)?.add(input.presentedKeyId);
      return { outcome: "retried", session: row, now };
    case "reuse": {
      const session = endReused(row, now);
      hint();
      return { outcome: "reused", session, now };
    }
    default: {
      const session = put(rotated(row, decision, input, now));
      touchedBy.get(row.id)?.add(input.presentedKeyId).add(input.keyId);
      if (decision === "ahead") {
        record(session, { type: "session.generation_ahead" }, { kind: "system" }, now);
        hint();
      }
      if (tellMoves(record, row, session, now)) hint();
      return { outcome: "rotated", session, now };
    }
  }
}

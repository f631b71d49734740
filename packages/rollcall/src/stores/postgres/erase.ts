import type { User } from "../../core/model/user.js";
import { ERASED, type Erased, type Erasure } from "../../core/port/erasure.js";
import { integerOf, toRevokedEntry } from "../row.js";
import * as sql from "./erase-statements.js";
import type { Database } from "./scope.js";
import { LOCK_USER, REVOKE_ALL } from "./statements.js";

/** Forgets a user: one transaction, a constant number of statements. */
export function erase(database: Database, user: User, { margin, now }: Erasure): Promise<Erased> {
  const owner = [user.type, user.id];
  const actor = JSON.stringify(ERASED.actor);
  return database.transaction(async (scope) => {
    await scope.write(LOCK_USER, now, [...owner, false]);
    // The events that others must read; they are made anonymous with the rest below.
    await scope.write(REVOKE_ALL, now, [...owner, null, ERASED.reason, actor, scope.processId]);
    const [deleted] = await scope.write(sql.DELETE_OVER, now, [...owner, margin]);
    const left = await scope.write(sql.MAKE_TOMBSTONES, now, [...owner, ERASED.reason, actor]);
    await scope.write(sql.FORGET_USER, now, [...owner, ERASED.reason, actor]);
    const over = deleted === undefined ? 0 : integerOf(deleted, "deleted");
    return { erased: over + left.length, refused: left.map(toRevokedEntry) };
  });
}

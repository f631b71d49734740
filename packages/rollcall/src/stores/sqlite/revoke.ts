import type { Revocation, SessionId } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { RevokeAll, Revoked, RevokedEntry } from "../../core/port/store.js";
import { toSession } from "../row.js";
import * as sql from "./statements.js";
import { revocationValues, tellEnded, type Writing } from "./writing.js";

export function revoke(
  writing: Writing,
  user: User,
  id: SessionId,
  revocation: Revocation,
  now: number = Date.now(),
): Revoked | null {
  const { connection } = writing;
  const owned = { id, userType: user.type, userId: user.id };
  const ended = connection.rows(sql.REVOKE, { ...owned, ...revocationValues(revocation, now) });
  const row = ended[0] ?? connection.rows(sql.GET, owned)[0];
  if (row === undefined) return null;
  tellEnded(writing, ended, revocation, now, null);
  return { session: toSession(row, writing.report), changed: ended.length > 0 };
}

export function revokeAll(
  writing: Writing,
  user: User,
  { revocation, except, now = Date.now() }: RevokeAll,
): readonly RevokedEntry[] {
  const { connection } = writing;
  const owner = { userType: user.type, userId: user.id };
  if (except === null) connection.run(sql.MOVE_EVERYWHERE, { ...owner, now });
  const values = { ...owner, ...revocationValues(revocation, now), except: except ?? "" };
  return tellEnded(writing, connection.rows(sql.REVOKE_ALL, values), revocation, now, null);
}

import type { SessionId, StoredSession } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import { toSession } from "../session-columns.js";
import type { Scope } from "./connection/scope.js";
import { columns, ofUser } from "./sql/session-sql.js";
import { NOW, reading, type Statement } from "./sql/statement.js";

export const GET_ACTIVE: Statement = reading(`
select ${columns("s")}
from rollcall_sessions as s
where s.id = :id::pg_catalog.uuid and ${ofUser("s")}
  and s.revoked_at is null and s.expires_at > ${NOW}`);

/** A session that a statement has not changed: it was like that already, or there is none. */
export async function getActive(
  scope: Scope,
  user: User,
  id: SessionId,
  now: number | undefined,
): Promise<StoredSession | null> {
  const values = { id, userType: user.type, userId: user.id, now: now ?? null };
  const [row] = await scope.read(GET_ACTIVE, values);
  return row === undefined ? null : toSession(row, scope.report);
}

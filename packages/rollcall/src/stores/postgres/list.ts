import type { SessionSummary } from "../../core/model/session-summary.js";
import type { User } from "../../core/model/user.js";
import type { ListPage } from "../../core/port/operations.js";
import { toSummary } from "../session-columns.js";
import type { Scope } from "./connection/scope.js";
import { ofUser, summaryColumns } from "./sql/session-sql.js";
import { NOW, reading, type Statement } from "./sql/statement.js";

export const LIST: Statement = reading(`
select ${summaryColumns("s")}
from rollcall_sessions as s
where ${ofUser("s")} and s.revoked_at is null and s.expires_at > ${NOW}
  and s.created_at <= :afterCreatedAt::bigint
  and (s.created_at < :afterCreatedAt::bigint or s.id > :afterId::pg_catalog.uuid)
order by s.created_at desc, s.id
limit :limit::bigint`);

/** Where the first page starts: sorts before every session. */
const BEFORE_ALL = {
  createdAt: Number.MAX_SAFE_INTEGER,
  id: "00000000-0000-0000-0000-000000000000",
};

/** A page of the user's active sessions. */
export async function list(
  scope: Scope,
  user: User,
  { limit, after, now }: ListPage,
): Promise<readonly SessionSummary[]> {
  const { createdAt, id } = after ?? BEFORE_ALL;
  const rows = await scope.read(LIST, {
    userType: user.type,
    userId: user.id,
    now: now ?? null,
    afterCreatedAt: createdAt,
    afterId: id,
    limit,
  });
  return rows.map((row) => toSummary(user, row, scope.report));
}

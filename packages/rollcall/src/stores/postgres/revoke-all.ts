import type { User } from "../../core/model/user.js";
import type { RevokeAll, RevokedEntry } from "../../core/port/operations.js";
import { toRevokedEntry } from "../row.js";
import type { Database } from "./connection/scope.js";
import { END_LOCKED } from "./sql/end-locked.js";
import { LOCK_USER } from "./sql/lock-user.js";
import { ACTIVE, ofUser } from "./sql/session-sql.js";
import { HINT, type Statement, textsOf, writing } from "./sql/statement.js";

/** All active sessions of the user but `:except` and those at `:spared` levels. The user must be locked. */
export const REVOKE_ALL: Statement = writing(`
, locked as (
  select s.id
  from rollcall_sessions as s cross join ctx
  where ${ofUser("s")} and ${ACTIVE} and s.id is distinct from :except::pg_catalog.uuid
    and (s.level is null or not s.level = any(:spared::pg_catalog.text::pg_catalog.text[]))
  order by s.id
  for no key update of s
),
${END_LOCKED}
select c.id, c.access_until, ${HINT}
from changed as c`);

/** A constant number of statements, whatever the number of sessions. */
export function revokeAll(
  database: Database,
  user: User,
  { revocation, except, sparedLevels = [], isEverywhere = except === null, now }: RevokeAll,
): Promise<readonly RevokedEntry[]> {
  const owner = { userType: user.type, userId: user.id };
  const actor = JSON.stringify(revocation.actor);
  return database.transaction(async (scope) => {
    await scope.write(LOCK_USER, now, { ...owner, isEverywhere });
    const { processId } = scope;
    const spared = textsOf(sparedLevels);
    const values = { ...owner, except, spared, reason: revocation.reason, actor, processId };
    return (await scope.write(REVOKE_ALL, now, values)).map(toRevokedEntry);
  });
}

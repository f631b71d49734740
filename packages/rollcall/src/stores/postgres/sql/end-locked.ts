import { INSERT_REVOKED } from "./event-sql.js";
import { SET_REVOKED } from "./session-sql.js";

/** Ends the sessions of `locked`, as `changed`, each with its event: `:reason` and `:actor`. */
export const END_LOCKED: string = `changed as (
  update rollcall_sessions as s
  set ${SET_REVOKED}
  from locked cross join ctx
  where s.id = locked.id
  returning s.id, s.user_type, s.user_id, s.access_until, ctx.now
),
noted as (
  ${INSERT_REVOKED}
)`;

import { KEY_END_REMEMBERED } from "../../../core/port/endings.js";
import { listColumns } from "../../columns.js";
import { SESSION_COLUMNS, SUMMARY_COLUMNS } from "../../session-columns.js";

const COLUMNS_OF_SESSION = listColumns(SESSION_COLUMNS);

/** Listed, never `*`: a later release may add columns while this one runs. */
export const COLUMNS: string = COLUMNS_OF_SESSION.map(({ name }) => name).join(", ");

/** Those of a list. */
export const SUMMARY: string = listColumns(SUMMARY_COLUMNS)
  .map(({ name }) => name)
  .join(", ");

/** The value of each column, as `sessionValues` names them. */
export const PARAMETERS: string = COLUMNS_OF_SESSION.map(({ field }) => `:${field}`).join(", ");

/** Must match `isActive` of the core. */
export const ACTIVE = "revoked_at IS NULL AND expires_at > :now";

export const OF_USER = "user_type = :userType AND user_id = :userId";

/** Ends a session: `:reason` and `:actor`. Must match `ended` of core/port/endings.ts. */
export const SET_REVOKED: string = `revoked_at = :now, revoked_reason = :reason, revoked_by = :actor,
  access_until = iif(secret_hash IS NULL, access_until,
    max(access_until, :now + ${KEY_END_REMEMBERED})),
  absolute_expires_at = iif(secret_hash IS NULL, absolute_expires_at,
    min(absolute_expires_at, :now + ${KEY_END_REMEMBERED}))`;

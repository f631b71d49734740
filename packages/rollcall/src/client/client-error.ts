import type { SessionEnded } from "../core/model/session-ended.js";

/** What a fresh sign-in has to be like, for a request that was refused with EC006. */
export interface RequiredAuthentication {
  /** How long ago it may have been, in seconds. */
  readonly maxAge?: number;
  /** At least this one of the application's levels. */
  readonly level?: string;
}

/** The server refused a request, or could not be reached. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /** The status of the response; 0 if there was none. */
  declare readonly status: number;
  /** `errorCode` of the answer, such as `"EC005"`. */
  declare readonly errorCode: string | null;
  /** How this client's session ended, where the server said so; else `null`. */
  declare readonly sessionEnded: SessionEnded | null;

  /** What was asked for, where that is a fresh or a stronger sign-in (EC006); else `null`. */
  declare readonly required: RequiredAuthentication | null;

  constructor(
    message: string,
    status: number,
    errorCode: string | null,
    options?: ErrorOptions & {
      readonly sessionEnded?: SessionEnded | undefined;
      readonly required?: RequiredAuthentication | undefined;
    },
  ) {
    super(message, options);
    this.status = status;
    this.errorCode = errorCode;
    this.sessionEnded = options?.sessionEnded ?? null;
    this.required = options?.required ?? null;
  }
}

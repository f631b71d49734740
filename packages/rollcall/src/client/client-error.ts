import type { SessionEnded } from "../core/model/session-ended.js";

/** The server refused a request, or could not be reached. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /** The status of the response; 0 if there was none. */
  declare readonly status: number;
  /** `errorCode` of the answer, such as `"EC005"`. */
  declare readonly errorCode: string | null;
  /** How this client's session ended, where the server said so; else `null`. */
  declare readonly sessionEnded: SessionEnded | null;

  constructor(
    message: string,
    status: number,
    errorCode: string | null,
    options?: ErrorOptions & { readonly sessionEnded?: SessionEnded | null },
  ) {
    super(message, options);
    this.status = status;
    this.errorCode = errorCode;
    this.sessionEnded = options?.sessionEnded ?? null;
  }
}

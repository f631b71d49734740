/** The error responses of the OpenAPI document, by status, as contract §1.12 has them. */

interface ErrorResponse {
  readonly name: string;
  readonly description: string;
  /** The header that comes with it, and a value of it. */
  readonly header?: readonly [name: string, example: string | number];
  /** Bodies, by what went wrong. */
  readonly examples: Readonly<
    Record<string, readonly [error: string, errorCode?: string, more?: object]>
  >;
}

const ERRORS: Readonly<Record<number, ErrorResponse>> = {
  400: {
    name: "BadRequest",
    description: "The request is malformed; `error` says how",
    examples: { limit: ["limit must be a whole number from 1 to 100", "EC008"] },
  },
  401: {
    name: "Unauthorized",
    description:
      "No credential (EC001), or one that is malformed, forged, expired or revoked (EC002); for a " +
      "genuine token of an ended session, `sessionEnded` may say how it ended",
    header: ["WWW-Authenticate", 'Bearer error="invalid_token"'],
    examples: {
      missing: ["Authentication required", "EC001"],
      invalid: ["Invalid or expired credential", "EC002"],
    },
  },
  403: {
    name: "Forbidden",
    description:
      "This user type, kind of session or API key may not pass, or nobody who acts as the user, or the " +
      "session is too new (EC003), a fresh or surer authentication is required (EC006), or the request came from " +
      "another site (EC007). With an EC006 `required` may say what the user has to prove, and " +
      "`WWW-Authenticate` says it too (RFC 9470)",
    examples: {
      reauthentication: [
        "Sign in again to do this",
        "EC006",
        { required: { level: "aal2", maxAge: 600 } },
      ],
      crossSite: ["Cross-site request refused", "EC007"],
    },
  },
  404: {
    name: "NotFound",
    description: "The id is unknown, malformed, or of somebody else's session",
    examples: { session: ["Session not found"] },
  },
  405: {
    name: "MethodNotAllowed",
    description: "The path takes other methods only: those in `Allow`",
    header: ["Allow", "GET, HEAD, OPTIONS"],
    examples: { method: ["Method not allowed"] },
  },
  409: {
    name: "Conflict",
    description: "You have as many as you may have; end one first",
    examples: { limit: ["Too many API keys, end one first", "EC009"] },
  },
  429: {
    name: "TooManyRequests",
    description: "Too many in a short time; try again after `Retry-After` seconds",
    header: ["Retry-After", 60],
    examples: { throttled: ["Too many attempts, try again later", "EC004"] },
  },
  500: {
    name: "InternalError",
    description: "Something unforeseen; the detail is in the server's log",
    examples: { internal: ["Internal error", "EC000"] },
  },
  503: {
    name: "Unavailable",
    description:
      "The database cannot be asked, so the answer cannot be known. Keep your credentials and try " +
      "again after `Retry-After` seconds",
    header: ["Retry-After", 1],
    examples: { unavailable: ["Temporarily unavailable, try again shortly", "EC005"] },
  },
};

/** The reference to the response with that status. */
export function errorReference(status: number): object {
  return { $ref: `#/components/responses/${ERRORS[status]?.name}` };
}

/** What the references point to. */
export function errorComponents(): Record<string, object> {
  const components: Record<string, object> = {};
  for (const { name, description, header, examples } of Object.values(ERRORS)) {
    components[name] = {
      description,
      ...(header === undefined ? {} : { headers: headerObject(header) }),
      content: {
        "application/json": {
          schema: { $ref: "#/components/schemas/Error" },
          examples: Object.fromEntries(
            Object.entries(examples).map(([key, [error, errorCode, more]]) => [
              key,
              { value: errorCode === undefined ? { error } : { error, errorCode, ...more } },
            ]),
          ),
        },
      },
    };
  }
  return components;
}

function headerObject([name, example]: readonly [string, string | number]): object {
  const schema = typeof example === "number" ? { type: "integer" } : { type: "string" };
  return { [name]: { schema, example } };
}

import * as v from "valibot";
import { apiKeyBody, refreshBody, renameBody } from "./request-schema.js";
import type { Schema } from "./route.js";
import { device, deviceInfo, session, sessionActor } from "./session-schema.js";

/** What answers say. Dates are ISO 8601, UTC, with milliseconds. Later versions may add members. */

const text = v.string();
const date = v.pipe(text, v.isoTimestamp());
const seconds = v.pipe(v.number(), v.integer(), v.description("Whole seconds from this response"));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const actorKind = v.picklist(["self", "user", "admin", "system"]);

const errorAnswer = v.object({
  error: v.pipe(text, v.description("For people; it may change")),
  errorCode: v.optional(
    v.pipe(
      v.picklist([
        "EC000",
        "EC001",
        "EC002",
        "EC003",
        "EC004",
        "EC005",
        "EC006",
        "EC007",
        "EC008",
        "EC009",
      ]),
      v.description("For programs. Absent with 404 and 405"),
    ),
  ),
  sessionEnded: v.optional(
    v.pipe(
      v.object({
        reason: v.pipe(text, v.description("Such as `revoked`, `revoke_all` or `expired`")),
        by: actorKind,
        at: date,
      }),
      v.description("How the session of a genuine token ended, where that is known"),
    ),
  ),
  required: v.optional(
    v.pipe(
      v.object({
        maxAge: v.optional(
          v.pipe(count, v.description("Seconds: the user was authenticated longer ago")),
        ),
        level: v.optional(v.pipe(text, v.description("The lowest level that will do (`acr`)"))),
      }),
      v.description("With EC006: what the user has to prove, if it is not just a fresh sign-in"),
    ),
  ),
});

export const sessionsAnswer: Schema = v.object({
  sessions: v.array(session),
  nextCursor: v.optional(
    v.pipe(text, v.description("There if there are more: pass it as `cursor`")),
  ),
});

export const sessionAnswer: Schema = v.object({ session });
export const apiKeyAnswer: Schema = v.object({
  session,
  token: v.pipe(text, v.description("The key itself. It is shown this once")),
});
export const messageAnswer: Schema = v.object({ message: text });
export const revokedAnswer: Schema = v.object({
  message: text,
  revoked: v.pipe(count, v.description("How many sessions this request ended")),
});

const token = v.object({ token: text, expiresAt: date, expiresIn: seconds });
const tokenPair = v.object({ accessToken: token, refreshToken: token });

export const tokensAnswer: Schema = v.object({ tokens: tokenPair });
/** With cookies no token is ever in a body. */
const cookiesAnswer = v.object({
  accessExpiresAt: date,
  accessExpiresIn: seconds,
  refreshExpiresAt: date,
});
export const tokensOrCookiesAnswer: Schema = v.union([tokensAnswer, cookiesAnswer]);

const sessionsEvent = v.pipe(
  v.literal(""),
  v.description("Data of an event `sessions`: empty. The list of sessions changed; read it again"),
);
const revokedEvent = v.pipe(
  v.object({
    reason: v.pipe(
      text,
      v.description("Why, for example `revoked`, `revoke_others`, `evicted` or `expired`"),
    ),
    by: v.object({
      kind: actorKind,
      device: v.pipe(
        v.nullable(text),
        v.description("The name, or the browser and system, of the session that did it"),
      ),
    }),
  }),
  v.description("Data of an event `revoked`: the caller's own session ended. The last event"),
);
/** What stands after `data:`. */
export const event: Schema = v.union([sessionsEvent, revokedEvent]);

const jwk = v.pipe(
  v.object({
    kty: text,
    kid: text,
    alg: text,
    use: v.literal("sig"),
    crv: v.optional(text),
    x: v.optional(text),
    y: v.optional(text),
    n: v.optional(text),
    e: v.optional(text),
  }),
  v.description("A public key (RFC 7517)"),
);
export const jwksAnswer: Schema = v.object({ keys: v.array(jwk) });

export const healthAnswer: Schema = v.object({
  feed: v.picklist(["hinted", "polling", "stale", "starting"]),
  freshAsOf: v.pipe(v.nullable(date), v.description("Until when all revocations are known")),
  indexSize: count,
  cacheSize: count,
});

/** Any JSON object. */
export const documentAnswer: Schema = v.pipe(
  v.looseObject({}),
  v.metadata({ additionalProperties: true }),
);

/** The names that schemas have in the OpenAPI document, and so in generated clients. */
export const schemaNames: Readonly<Record<string, Schema>> = {
  Session: session,
  SessionPage: sessionsAnswer,
  SessionResult: sessionAnswer,
  Device: device,
  DeviceInfo: deviceInfo,
  SessionActor: sessionActor,
  RenameRequest: renameBody,
  ApiKeyRequest: apiKeyBody,
  ApiKey: apiKeyAnswer,
  RefreshRequest: refreshBody,
  Message: messageAnswer,
  RevokedCount: revokedAnswer,
  Token: token,
  TokenPair: tokenPair,
  TokensResult: tokensAnswer,
  CookiesResult: cookiesAnswer,
  Event: event,
  SessionsEvent: sessionsEvent,
  RevokedEvent: revokedEvent,
  Health: healthAnswer,
  Jwk: jwk,
  JwkSet: jwksAnswer,
  Error: errorAnswer,
};

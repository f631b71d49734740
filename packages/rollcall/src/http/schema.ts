import * as v from "valibot";
import type { Schema } from "./route.js";

/** What requests may say. The OpenAPI document is made from the same schemas. */

const digits = v.pipe(
  v.string(),
  v.regex(/^\d{1,3}$/, "limit must be a whole number from 1 to 100"),
);

export const listQuery: v.GenericSchema<
  unknown,
  { readonly limit?: number | undefined; readonly cursor?: string | undefined }
> = v.object({
  limit: v.optional(
    v.pipe(
      digits,
      v.transform(Number),
      v.number(),
      v.minValue(1, "limit must be a whole number from 1 to 100"),
      v.maxValue(100, "limit must be a whole number from 1 to 100"),
    ),
  ),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(200, "cursor is not one that a list gave"))),
});

export const scopeQuery: v.GenericSchema<unknown, { readonly scope?: "all" | undefined }> =
  v.object({
    scope: v.optional(v.picklist(["all"], 'scope must be "all" or absent')),
  });

export const renameBody: v.GenericSchema<unknown, { readonly name: string | null }> = v.object(
  {
    // Its length is judged after trimming, and in one place: sessions.rename.
    name: v.nullable(
      v.pipe(
        v.string("name must be a text or null"),
        v.description("1 to 64 characters after trimming"),
      ),
    ),
  },
  "the body must be an object with a name",
);

export const refreshBody: v.GenericSchema<unknown, { readonly refreshToken?: string | undefined }> =
  v.object(
    { refreshToken: v.optional(v.string("refreshToken must be a text")) },
    "the body must be an object, or empty",
  );

/** What answers say. Dates are ISO 8601, UTC, with milliseconds. */

const date = v.pipe(v.string(), v.isoTimestamp());
const text = v.string();

export const errorAnswer: Schema = v.strictObject({
  error: text,
  errorCode: v.optional(
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
  ),
});

export const session: Schema = v.strictObject({
  id: v.pipe(text, v.uuid()),
  deviceInfo: v.nullable(
    v.looseObject({
      userAgent: v.optional(text),
      ip: v.optional(text),
      deviceId: v.optional(text),
    }),
  ),
  createdAt: date,
  expiresAt: date,
  lastUsedAt: date,
  lastIp: v.nullable(text),
  current: v.boolean(),
  name: v.nullable(text),
  device: v.strictObject({
    browser: v.nullable(text),
    os: v.nullable(text),
    type: v.picklist(["desktop", "mobile", "tablet", "tv", "bot", "cli", "unknown"]),
  }),
});

export const sessionsAnswer: Schema = v.strictObject({
  sessions: v.array(session),
  nextCursor: v.optional(text),
});

export const sessionAnswer: Schema = v.strictObject({ session });
export const messageAnswer: Schema = v.strictObject({ message: text });
export const revokedAnswer: Schema = v.strictObject({
  message: text,
  revoked: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

const token = v.strictObject({ token: text, expiresAt: date, expiresIn: v.number() });

export const tokensAnswer: Schema = v.strictObject({
  tokens: v.strictObject({ accessToken: token, refreshToken: token }),
});
/** With cookies no token is ever in a body. */
export const cookiesAnswer: Schema = v.strictObject({
  accessExpiresAt: date,
  accessExpiresIn: v.number(),
  refreshExpiresAt: date,
});
export const refreshAnswer: Schema = v.union([tokensAnswer, cookiesAnswer]);

export const healthAnswer: Schema = v.strictObject({
  feed: v.picklist(["hinted", "polling", "stale", "starting"]),
  freshAsOf: v.nullable(date),
  indexSize: v.number(),
  cacheSize: v.number(),
});

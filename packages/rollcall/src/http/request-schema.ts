import * as v from "valibot";

/** What requests may say. The OpenAPI document is made from the same schemas. */

const LIMIT = "limit must be a whole number from 1 to 100";

const limit = v.pipe(
  v.string(),
  v.regex(/^\d{1,3}$/, LIMIT),
  v.transform(Number),
  v.number(),
  v.integer(),
  v.minValue(1, LIMIT),
  v.maxValue(100, LIMIT),
  v.description("How many sessions a page holds at most"),
  v.metadata({ default: 100 }),
);

export const listQuery: v.GenericSchema<
  unknown,
  { readonly limit?: number | undefined; readonly cursor?: string | undefined }
> = v.object({
  limit: v.optional(limit),
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(200, "cursor must be the nextCursor of a page"),
      v.description("`nextCursor` of the page before"),
    ),
  ),
});

export const scopeQuery: v.GenericSchema<unknown, { readonly scope?: "all" | undefined }> =
  v.object({
    scope: v.optional(
      v.pipe(
        v.picklist(["all"], 'scope must be "all" or absent'),
        v.description("`all`: this device too. Default: only the others"),
      ),
    ),
  });

export const renameBody: v.GenericSchema<unknown, { readonly name: string | null }> = v.object(
  {
    // `sessions.rename` checks its length, after trimming.
    name: v.pipe(
      v.nullable(v.string("name must be a string or null")),
      v.description("1 to 64 characters after trimming; `null` clears the name"),
    ),
  },
  "the body must be an object with a name",
);

export const refreshBody: v.GenericSchema<unknown, { readonly refreshToken?: string | undefined }> =
  v.object(
    {
      refreshToken: v.optional(
        v.pipe(
          v.string("refreshToken must be a string"),
          v.description("For clients that hold their tokens themselves"),
        ),
      ),
    },
    "the body must be an object, or empty",
  );

export const apiKeyBody: v.GenericSchema<
  unknown,
  {
    readonly name: string;
    readonly scopes: readonly string[];
    readonly expiresAt?: string | undefined;
  }
> = v.object(
  {
    // `sessions.createApiKey` checks the rest.
    name: v.pipe(
      v.string("name must be a string"),
      v.description("What you know it by: 1 to 64 characters after trimming"),
    ),
    scopes: v.pipe(
      v.array(v.string("a scope must be a string"), "scopes must be a list"),
      v.description("What the key may do, of what the application offers"),
    ),
    expiresAt: v.optional(
      v.pipe(
        v.string("expiresAt must be a string"),
        v.isoTimestamp(
          "expiresAt must be a date and time with an offset, such as 2027-01-01T00:00:00Z",
        ),
        v.description("When the key ends. Default: when the application says, or never"),
      ),
    ),
  },
  "the body must be an object with a name and scopes",
);

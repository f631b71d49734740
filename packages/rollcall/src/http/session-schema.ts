import * as v from "valibot";
import type { Schema } from "./route.js";

/** What answers say of a session. Dates are ISO 8601, UTC, with milliseconds. */

const text = v.string();
const date = v.pipe(text, v.isoTimestamp());

export const device: Schema = v.pipe(
  v.object({
    browser: v.nullable(text),
    os: v.nullable(text),
    type: v.picklist(["desktop", "mobile", "tablet", "tv", "bot", "cli", "unknown"]),
  }),
  v.description("Read from `deviceInfo`, for display"),
);

export const deviceInfo: Schema = v.pipe(
  v.looseObject({
    userAgent: v.optional(text),
    ip: v.optional(text),
    deviceId: v.optional(text),
  }),
  v.description("What the application recorded at the sign-in; it may add keys of its own"),
  v.metadata({ additionalProperties: true }),
);

export const sessionActor: Schema = v.object({
  user: v.object({ type: text, id: text }),
  sessionId: v.pipe(text, v.uuid()),
});

export const session: Schema = v.object({
  id: v.pipe(text, v.uuid(), v.description("Never changes, and is not a secret")),
  current: v.pipe(v.boolean(), v.description("Whether this is the session that asks")),
  name: v.pipe(v.nullable(text), v.description("The name its owner gave it")),
  createdAt: v.pipe(date, v.description("The sign-in")),
  lastUsedAt: v.pipe(date, v.description("The last use, to the minute or so")),
  expiresAt: v.pipe(date, v.description("When it ends unless it is used again")),
  lastIp: v.pipe(
    v.nullable(text),
    v.description("The address seen at the sign-in or the latest refresh"),
  ),
  deviceInfo: v.nullable(deviceInfo),
  device,
  kind: v.pipe(v.nullable(text), v.description("One of the application's kinds of sessions")),
  authenticatedAt: v.pipe(date, v.description("When the user last authenticated in this session")),
  methods: v.pipe(v.array(text), v.description("By what means (RFC 8176)")),
  level: v.pipe(v.nullable(text), v.description("How sure the application was (`acr`)")),
  deviceId: v.pipe(v.nullable(text), v.description("Sessions on one device share it")),
  actor: v.pipe(v.nullable(sessionActor), v.description("Who acts as the user in this session")),
  scopes: v.pipe(
    v.nullable(v.array(text)),
    v.description("What an API key may do; `null` for every other session"),
  ),
});

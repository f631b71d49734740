import { SessionError } from "../core/model/errors.js";
import { parse, readJson } from "./body.js";
import type { HttpContext } from "./http-context.js";
import { apiKeyExample } from "./openapi-examples.js";
import { apiKeyBody } from "./request-schema.js";
import { json } from "./respond.js";
import type { Route } from "./route.js";
import { apiKeyAnswer } from "./schema.js";
import { toWire } from "./shown-session.js";

/** API keys that signed-in users make for themselves (contract §7.7). */
export function apiKeyRoutes({ authenticate, settings, standing }: HttpContext): readonly Route[] {
  const { sessions, apiKeys, paths } = settings;
  if (apiKeys === null) return [];
  const { kind, scopes: offered } = apiKeys;
  return [
    {
      method: "POST",
      path: `${paths.account}/keys`,
      operationId: "createApiKey",
      tag: "Keys",
      summary: "Make an API key",
      description:
        "The key is in this response and nowhere else. It is listed among your sessions, and ended " +
        "like one of them. An API key cannot make another.",
      credential: "access",
      body: { schema: apiKeyBody, required: true },
      answers: {
        201: { description: "The key was made", schema: apiKeyAnswer, example: apiKeyExample },
      },
      errors: [400, 401, 403, 409, 429, 503],
      async handle({ request, connection }) {
        const principal = await authenticate(request, { connection });
        // A key outlasts the session it was made with, so a thief would make one first.
        standing.requireRecent(principal);
        const { name, scopes, expiresAt } = parse(apiKeyBody, await readJson(request));
        if (!scopes.every((scope) => offered.includes(scope))) {
          throw malformed("scopes must be among those that this application offers");
        }
        const { session, token } = await sessions.createApiKey(principal.user, {
          kind,
          name,
          scopes,
          provenBy: principal,
          ...(expiresAt === undefined ? {} : { expiresAt: dateOf(expiresAt) }),
        });
        return json({ session: toWire(session, principal), token }, 201);
      },
    },
  ];
}

function dateOf(text: string): Date {
  const date = new Date(text);
  // Such as the 45th of a month.
  if (Number.isNaN(date.getTime())) throw malformed("expiresAt must be a date and time");
  return date;
}

function malformed(message: string): SessionError {
  return new SessionError("malformed_request", { message });
}

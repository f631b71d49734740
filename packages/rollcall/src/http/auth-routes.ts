import type { Refreshed } from "../core/model/answers.js";
import { invalid, SessionError } from "../core/model/errors.js";
import { stopActing } from "./acting.js";
import { parse, readJson } from "./body.js";
import type { HttpContext } from "./http-context.js";
import { tokensExample } from "./openapi-examples.js";
import { refreshBody } from "./request-schema.js";
import { json, refreshErrorResponse } from "./respond.js";
import type { Call, Route } from "./route.js";
import { messageAnswer, tokensAnswer, tokensOrCookiesAnswer } from "./schema.js";
import { seenFrom } from "./seen-from.js";
import { signOut } from "./sign-out.js";

/** Refresh and logout: the routes that take refresh tokens (contract §1.10, §1.11). */
export function authRoutes(context: HttpContext): readonly Route[] {
  const { settledTokens, outgoing } = context;
  const { sessions, cookies, paths, trustedProxies } = context.settings;

  const rotate = async (token: string | undefined, call: Call): Promise<Refreshed> => {
    if (token === undefined) throw invalid("malformed");
    const seen = seenFrom(call.request, call.connection, trustedProxies);
    return await sessions.refresh(token, seen);
  };

  const refresh = async (call: Call): Promise<Response> => {
    const { request } = call;
    const given = bodyToken(await readJson(request));
    if (given !== undefined) return json({ tokens: (await rotate(given, call)).tokens });
    if (request.headers.has("authorization")) throw invalid("malformed");
    const refreshed = await rotate((await settledTokens(request)).refreshToken, call);
    outgoing.renew(request, refreshed);
    // A script on the page may read this answer, so no token is ever in it (ASVS 3.3.4).
    const { accessToken, refreshToken } = refreshed.tokens;
    return json({
      accessExpiresAt: accessToken.expiresAt,
      // For clients whose clock is wrong.
      accessExpiresIn: accessToken.expiresIn,
      refreshExpiresAt: refreshToken.expiresAt,
    });
  };

  return [
    {
      method: "POST",
      path: `${paths.auth}/refresh`,
      operationId: "refreshTokens",
      tag: "Tokens",
      summary: "Exchange a refresh token for the next pair",
      description:
        "Takes the refresh token of the body, or else that of the cookie. A pair is in the body of " +
        "the response only if the refresh token was in that of the request.",
      credential: "refresh",
      body: { schema: refreshBody, required: false },
      answers: {
        200: {
          description: "The next pair of tokens",
          schema: cookies === null ? tokensAnswer : tokensOrCookiesAnswer,
          example: tokensExample,
        },
      },
      errors: [400, 401, 403, 503],
      async handle(call) {
        try {
          return await refresh(call);
        } catch (error) {
          if (!isInvalid(error)) throw error;
          outgoing.forgetDead(call.request, error);
          return refreshErrorResponse(error);
        }
      },
    },
    {
      method: "POST",
      path: `${paths.auth}/stop-acting`,
      operationId: "stopActing",
      tag: "Tokens",
      summary: "Go back from acting as a user",
      description:
        "Ends the session in which you act as a user. With cookies you get your own session back, also " +
        "if the other has ended by itself; with a bearer token, go on with your own tokens.",
      credential: "actor",
      answers: {
        200: {
          description: "You are yourself again",
          schema: messageAnswer,
          example: { message: "Stopped acting" },
        },
      },
      errors: [400, 401, 403, 503],
      async handle({ request, connection }) {
        const { body, headers } = await stopActing(context, request, connection);
        return json(body, 200, headers);
      },
    },
    {
      method: "POST",
      path: `${paths.auth}/logout`,
      operationId: "logout",
      tag: "Tokens",
      summary: "End your session",
      description:
        "One good credential is enough: an access token that has expired does no harm beside a good " +
        "refresh token. A session that is already over is a 200.",
      credential: "any",
      body: { schema: refreshBody, required: false },
      answers: {
        200: {
          description: "The session has ended",
          schema: messageAnswer,
          example: { message: "Logged out" },
        },
      },
      errors: [400, 401, 403, 503],
      async handle(call) {
        const { request } = call;
        const given = parse(refreshBody, (await readJson(request)) ?? {}).refreshToken;
        await signOut(context, request, given);
        return json({ message: "Logged out" });
      },
    },
  ];
}

function isInvalid(error: unknown): boolean {
  return error instanceof SessionError && error.code === "credential_invalid";
}

/** A body of the wrong shape gets the same 401 as any other bad token (contract §1.10). */
function bodyToken(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("refreshToken" in body)) return undefined;
  if (typeof body.refreshToken !== "string") throw invalid("malformed");
  return body.refreshToken;
}

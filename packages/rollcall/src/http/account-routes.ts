import type { Principal } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";
import { parse, readJson } from "./body.js";
import type { HttpContext } from "./http-context.js";
import { pageExample, sessionExample } from "./openapi-examples.js";
import { listQuery, renameBody, scopeQuery } from "./request-schema.js";
import { requireNoApiKey } from "./require-caller.js";
import { json, sessionNotFound } from "./respond.js";
import type { Call, Route } from "./route.js";
import { event, messageAnswer, revokedAnswer, sessionAnswer, sessionsAnswer } from "./schema.js";
import type { SessionStreams } from "./session-streams.js";
import { actorOf, toWire } from "./shown-session.js";

/** What signed-in users can do with their own sessions (contract §1.2). */
export function accountRoutes(context: HttpContext, streams: SessionStreams): readonly Route[] {
  const { authenticate, outgoing, standing } = context;
  const { sessions, paths, showActing, actingMayManage } = context.settings;
  const base = `${paths.account}/sessions`;
  const principalOf = async ({ request, connection }: Call): Promise<Principal> =>
    await authenticate(request, { connection });
  /** Whoever acts as the user may look, and leave. */
  const ownerOf = async (call: Call): Promise<Principal> => requireOwner(await principalOf(call));
  const requireOwner = (principal: Principal): Principal => {
    if (principal.actor === null || actingMayManage) return principal;
    throw new SessionError("actor_forbidden");
  };

  /** Refuses what a thief of the session would do first: to throw the owner out. */
  const requireStanding = async (principal: Principal, id: string | null): Promise<void> => {
    if (id === principal.sessionId) return;
    standing.requireRecent(principal);
    await standing.requireAge(principal, id);
  };

  const everywhere = async (call: Call, principal: Principal): Promise<number> => {
    await requireStanding(principal, null);
    const revoked = await sessions.revokeAll(principal.user, { actor: actorOf(principal) });
    outgoing.forget(call.request);
    return revoked;
  };

  return [
    {
      method: "GET",
      path: base,
      operationId: "listSessions",
      tag: "Sessions",
      summary: "List your sessions",
      description: "The sessions that are neither revoked nor expired, newest sign-in first.",
      credential: "access",
      query: listQuery,
      answers: {
        200: {
          description: "A page of your sessions",
          schema: sessionsAnswer,
          example: pageExample,
        },
      },
      errors: [400, 401, 403, 503],
      async handle(call) {
        const principal = await principalOf(call);
        const { limit, cursor } = parse(listQuery, call.query);
        const page = await sessions.list(principal.user, {
          ...(limit === undefined ? {} : { limit }),
          ...(cursor === undefined ? {} : { cursor }),
        });
        const shown = page.sessions.filter(
          ({ id, actor }) => actor === null || showActing || id === principal.sessionId,
        );
        return json({ ...page, sessions: shown.map((session) => toWire(session, principal)) });
      },
    },
    {
      method: "DELETE",
      path: base,
      operationId: "revokeOtherSessions",
      tag: "Sessions",
      summary: "End your other sessions, or all",
      description:
        "Ends all your sessions but this one; with `scope=all` this one too. With a slash at the end " +
        "of the path it is a 404 and ends nothing, since an id may have been forgotten.",
      credential: "access",
      query: scopeQuery,
      answers: {
        200: {
          description: "The sessions have ended",
          schema: revokedAnswer,
          example: { message: "Other sessions revoked", revoked: 2 },
        },
      },
      errors: [400, 401, 403, 404, 503],
      async handle(call) {
        const principal = await ownerOf(call);
        // An id that is missing by mistake must not end all the others.
        if (new URL(call.request.url).pathname.endsWith("/")) return sessionNotFound();
        const { scope } = parse(scopeQuery, call.query);
        if (scope !== "all") await requireStanding(principal, null);
        const revoked =
          scope === "all"
            ? await everywhere(call, principal)
            : await sessions.revokeOthers(principal.user, principal.sessionId, {
                actor: actorOf(principal),
              });
        return json({ message: "Other sessions revoked", revoked });
      },
    },
    {
      method: "GET",
      path: `${base}/events`,
      operationId: "streamEvents",
      tag: "Sessions",
      summary: "Hear of changes to your sessions",
      description:
        "Server-sent events: `sessions` when the list of your sessions has changed, and `revoked` " +
        "when your own session has ended, after which the stream closes. The schema is that of an " +
        "event's `data`. What happened while no stream was open is not sent later: read the list " +
        "after connecting.",
      credential: "access",
      answers: {
        200: {
          description: "A stream that stays open",
          mediaType: "text/event-stream",
          schema: event,
        },
      },
      errors: [401, 403, 429, 503],
      async handle(call) {
        const principal = await principalOf(call);
        return streams.open(principal, call.request.method === "HEAD");
      },
    },
    {
      method: "DELETE",
      path: `${base}/:id`,
      operationId: "revokeSession",
      tag: "Sessions",
      summary: "End one of your sessions",
      description: "A session that has ended already stays as it is, and is a 200 again.",
      credential: "access",
      answers: {
        200: {
          description: "The session has ended",
          schema: messageAnswer,
          example: { message: "Session revoked" },
        },
      },
      errors: [401, 403, 404, 503],
      async handle(call) {
        const { request, connection } = call;
        // Whoever has found an API key may end it, and nothing else.
        const principal = await authenticate(request, { connection, scopes: [] });
        const id = call.params["id"] ?? "";
        const own = id === principal.sessionId;
        if (!own) requireOwner(requireNoApiKey(principal));
        await requireStanding(principal, id);
        const session = await sessions.revoke(principal.user, id, {
          reason: own ? "logout" : "revoked",
          actor: own ? { kind: "self", sessionId: principal.sessionId } : actorOf(principal),
        });
        if (session === null) return sessionNotFound();
        if (own) outgoing.forget(call.request);
        return json({ message: "Session revoked" });
      },
    },
    {
      method: "PATCH",
      path: `${base}/:id`,
      operationId: "renameSession",
      tag: "Sessions",
      summary: "Name one of your sessions",
      description: "Gives a session a name that its owner recognizes, or clears it.",
      credential: "access",
      body: { schema: renameBody, required: true },
      answers: {
        200: {
          description: "The session as it is now",
          schema: sessionAnswer,
          example: sessionExample,
        },
      },
      errors: [400, 401, 403, 404, 429, 503],
      async handle(call) {
        const principal = await ownerOf(call);
        standing.requireRecent(principal);
        const { name } = parse(renameBody, await readJson(call.request));
        const id = call.params["id"] ?? "";
        const actor = actorOf(principal);
        const session = await sessions.rename(principal.user, id, name, { actor });
        if (session === null) return sessionNotFound();
        return json({ session: toWire(session, principal) });
      },
    },
    {
      method: "POST",
      path: `${paths.account}/logout-everywhere`,
      operationId: "logoutEverywhere",
      tag: "Sessions",
      summary: "End all your sessions",
      description: "Ends all your sessions, this one too, and refuses sign-ins that are under way.",
      credential: "access",
      answers: {
        200: {
          description: "All sessions have ended",
          schema: messageAnswer,
          example: { message: "Logged out from every device" },
        },
      },
      errors: [401, 403, 503],
      async handle(call) {
        await everywhere(call, await ownerOf(call));
        return json({ message: "Logged out from every device" });
      },
    },
  ];
}

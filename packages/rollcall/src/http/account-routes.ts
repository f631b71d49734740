import type { Principal } from "../core/model/credentials.js";
import type { Actor } from "../core/model/session.js";
import type { Session } from "../core/model/session-view.js";
import { parse, readJson } from "./body.js";
import type { HttpContext } from "./http-context.js";
import { json, sessionNotFound } from "./respond.js";
import type { Call, Route } from "./route.js";
import {
  listQuery,
  messageAnswer,
  renameBody,
  revokedAnswer,
  scopeQuery,
  sessionAnswer,
  sessionsAnswer,
} from "./schema.js";
import type { SessionStreams } from "./session-streams.js";

/** What anybody with a session may do with their own sessions (contract §1.2). */
export function accountRoutes(context: HttpContext, streams: SessionStreams): readonly Route[] {
  const { authenticate, outgoing } = context;
  const { sessions, paths } = context.settings;
  const base = `${paths.account}/sessions`;
  const principalOf = async ({ request, connection }: Call): Promise<Principal> =>
    await authenticate(request, { connection });

  const everywhere = async (call: Call, principal: Principal): Promise<number> => {
    const revoked = await sessions.revokeAll(principal.user, { actor: actorOf(principal) });
    outgoing.forget(call.request);
    return revoked;
  };

  return [
    {
      method: "GET",
      path: base,
      summary: "Where I am signed in, newest sign-in first",
      credential: "access",
      query: listQuery,
      answers: { 200: sessionsAnswer },
      errors: [400, 401, 403, 503],
      async handle(call) {
        const principal = await principalOf(call);
        const { limit, cursor } = parse(listQuery, call.query);
        const page = await sessions.list(principal.user, {
          ...(limit === undefined ? {} : { limit }),
          ...(cursor === undefined ? {} : { cursor }),
        });
        const shown = page.sessions.map((session) => toWire(session, principal));
        return json({ ...page, sessions: shown });
      },
    },
    {
      method: "DELETE",
      path: base,
      summary: "Sign out my other devices; with scope=all this one too",
      credential: "access",
      query: scopeQuery,
      answers: { 200: revokedAnswer },
      errors: [400, 401, 403, 404, 503],
      async handle(call) {
        const principal = await principalOf(call);
        // An id that is missing by mistake must not end all the others.
        if (new URL(call.request.url).pathname.endsWith("/")) return sessionNotFound();
        const { scope } = parse(scopeQuery, call.query);
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
      summary: "Server-sent events: sessions when my list changes, revoked when my session ends",
      credential: "access",
      answers: { 200: null },
      errors: [401, 403, 429, 503],
      async handle(call) {
        const principal = await principalOf(call);
        return streams.open(principal, call.request.method === "HEAD");
      },
    },
    {
      method: "DELETE",
      path: `${base}/:id`,
      summary: "End one of my sessions",
      credential: "access",
      answers: { 200: messageAnswer },
      errors: [401, 403, 404, 503],
      async handle(call) {
        const principal = await principalOf(call);
        const id = call.params["id"] ?? "";
        const own = id === principal.sessionId;
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
      summary: "Name one of my sessions, or clear its name",
      credential: "access",
      body: renameBody,
      answers: { 200: sessionAnswer },
      errors: [400, 401, 403, 404, 429, 503],
      async handle(call) {
        const principal = await principalOf(call);
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
      summary: "End all of my sessions",
      credential: "access",
      answers: { 200: messageAnswer },
      errors: [401, 403, 503],
      async handle(call) {
        await everywhere(call, await principalOf(call));
        return json({ message: "Logged out from every device" });
      },
    },
  ];
}

function actorOf({ sessionId }: Principal): Actor {
  return { kind: "user", sessionId };
}

/** The shape of contract §1.3: what else a session has is not the client's. */
function toWire(session: Session, principal: Principal): object {
  const { id, deviceInfo, createdAt, expiresAt, lastUsedAt, lastIp, name, device } = session;
  const current = id === principal.sessionId;
  return { id, deviceInfo, createdAt, expiresAt, lastUsedAt, lastIp, current, name, device };
}

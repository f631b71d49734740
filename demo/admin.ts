import type { Session, Sessions } from "rollcall";
import type { Connection, Http } from "rollcall/http";
import { asked } from "./asked.js";
import { readJson } from "./credentials.js";
import { type Role, toRole } from "./roles.js";
import { type Users, userTypeOf } from "./users.js";

/** Answers the routes under `/admin/users`; `null` for other paths. */
export type Admin = (request: Request, connection: Connection) => Promise<Response> | null;

interface AdminOptions {
  readonly http: Http;
  readonly sessions: Sessions;
  readonly users: Users;
}

const PATH = /^\/admin\/users(?:\/([^/]+)\/(?:role|acting|sessions(?:\/([^/]+))?))?$/;

/** What staff can do: see and end a user's sessions, change a user's role, and act as a user. */
export function createAdmin({ http, sessions, users }: AdminOptions): Admin {
  const answer = (body: unknown, status = 200): Response =>
    Response.json(body, { status, headers: { "Cache-Control": "no-store" } });

  const routes = http.guard(
    async (request, { user: staff }) => {
      const { pathname, searchParams } = new URL(request.url);
      const [, id, sessionId] = PATH.exec(pathname) ?? [];
      if (id === undefined) return answer({ users: await asked(() => list(users)) });
      const known = await asked(() => users.byId(id));
      if (known === null) return answer({ error: "User not found" }, 404);
      const user = { type: userTypeOf(known), id };
      const actor = { kind: "admin", id: staff.id } as const;
      if (pathname.endsWith("/role")) {
        const role = request.method === "PUT" ? await newRole(request) : null;
        if (role === null) return answer({ error: "PUT a role" }, 400);
        await asked(() => users.setRole(id, role));
        // From here on no process accepts a token that holds the former role.
        await sessions.refreshClaims(user);
        return answer({ role });
      }
      if (pathname.endsWith("/acting")) {
        if (request.method !== "POST") return answer({ error: "Method not allowed" }, 405);
        const reason = "from the staff’s page";
        const { body, headers } = await http.actAs(request, user, { reason });
        return Response.json(body, { headers });
      }
      if (request.method === "GET" && sessionId === undefined) {
        const cursor = searchParams.get("cursor");
        const page = await sessions.list(user, cursor === null ? {} : { cursor });
        return answer({ ...page, sessions: page.sessions.map(toWire) });
      }
      if (request.method === "PATCH" && sessionId !== undefined) {
        const session = await sessions.rename(user, sessionId, await newName(request), { actor });
        return session === null
          ? answer({ error: "Session not found" }, 404)
          : answer({ session: toWire(session) });
      }
      if (request.method !== "DELETE") return answer({ error: "Method not allowed" }, 405);
      if (sessionId === undefined) {
        return answer({ revoked: await sessions.revokeAll(user, { actor }) });
      }
      const session = await sessions.revoke(user, sessionId, { actor });
      return session === null
        ? answer({ error: "Session not found" }, 404)
        : answer({ message: "Session revoked" });
    },
    { types: ["staff"], actors: false },
  );
  return (request, connection) =>
    PATH.test(new URL(request.url).pathname) ? routes(request, connection) : null;
}

/** `{"role": "reader" | "editor"}`; `null` for anything else. */
async function newRole(request: Request): Promise<Role | null> {
  const body = await readJson(request);
  return typeof body === "object" && body !== null && "role" in body ? toRole(body.role) : null;
}

/** `{"name": string | null}`; the library validates the name. */
async function newName(request: Request): Promise<string | null> {
  const body = await readJson(request);
  const name = typeof body === "object" && body !== null && "name" in body ? body.name : "";
  return name === null || typeof name === "string" ? name : "";
}

async function list(users: Users): Promise<{ id: string; email: string; role: Role }[]> {
  const all = await users.all();
  return await Promise.all(
    all.map(async ({ id, email }) => ({ id, email, role: await users.roleOf(id) })),
  );
}

/** In the shape of contract §1.3. None of the sessions is the current one. */
function toWire({ user: _user, metadata: _metadata, ...session }: Session): object {
  return { ...session, current: false };
}

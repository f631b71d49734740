import { SessionError } from "rollcall";
import type { Connection, Http } from "rollcall/http";
import { asked } from "./asked.js";
import { readPassword } from "./credentials.js";
import type { Passwords } from "./passwords.js";
import type { Throttle } from "./throttle.js";
import type { Users } from "./users.js";

/** Answers who proves again who they are. @throws SessionError for all but a wrong password. */
export type StepUp = (request: Request, connection: Connection) => Promise<Response>;

interface StepUpOptions {
  readonly http: Http;
  readonly users: Pick<Users, "byId">;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
}

/** `POST /auth/step-up`: the password again, before what a thief of the session would do first. */
export function createStepUp({ http, users, passwords, throttle }: StepUpOptions): StepUp {
  return async (request, connection) => {
    const { user, actor } = await http.authenticate(request, { readOnly: true, connection });
    // Whoever acts as somebody does not know their password.
    if (actor !== null) throw new SessionError("actor_forbidden");
    const password = await readPassword(request);
    const known = await asked(() => users.byId(user.id));
    const from = connection.address ?? "unknown";
    const proven =
      known === null
        ? null
        : await throttle.attempt(known.email, from, async () =>
            (await passwords.check(known.passwordHash, password)) ? known : null,
          );
    if (proven === null) {
      return Response.json(
        { error: "Wrong password." },
        { status: 422, headers: { "Cache-Control": "no-store" } },
      );
    }
    const { body, headers } = await http.reauthenticate(request, {
      methods: ["pwd"],
      authenticatedAt: proven.readAt,
      connection,
    });
    return Response.json(body, { headers });
  };
}

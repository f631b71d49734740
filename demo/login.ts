import type { Http } from "rollcall/http";
import { asked } from "./asked.js";
import { readCredentials } from "./credentials.js";
import { kindOf } from "./kinds.js";
import type { Passwords } from "./passwords.js";
import type { Throttle } from "./throttle.js";
import { type Users, userTypeOf } from "./users.js";

/** Answers a sign-in from an address. @throws SessionError for all but a wrong address or password. */
export type Login = (request: Request, address: string | undefined) => Promise<Response>;

interface LoginOptions {
  readonly http: Http;
  readonly users: Pick<Users, "byEmail">;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
}

/** `POST /auth/login`: the demo authenticates the user, then Rollcall takes over. */
export function createLogin({ http, users, passwords, throttle }: LoginOptions): Login {
  return async (request, address) => {
    const { email, password, transport, persistent } = await readCredentials(request);
    const from = address ?? "unknown";
    const user = await throttle.attempt(email, from, async () => {
      const found = await asked(() => users.byEmail(email));
      const isRight = await passwords.check(found?.passwordHash ?? null, password);
      return isRight ? found : null;
    });
    if (user === null) {
      return Response.json(
        { error: "Invalid credentials" },
        { status: 401, headers: { "Cache-Control": "no-store" } },
      );
    }
    const connection = { address };
    // When the password was read: a "sign out everywhere" since then refuses this sign-in.
    const options = {
      transport,
      ...(transport === "cookie" ? { kind: kindOf(persistent) } : {}),
      methods: ["pwd"],
      authenticatedAt: user.readAt,
      connection,
    };
    const { body, headers } = await http.signIn(
      request,
      { type: userTypeOf(user), id: user.id },
      options,
    );
    return Response.json({ user: { id: user.id, email: user.email }, ...body }, { headers });
  };
}

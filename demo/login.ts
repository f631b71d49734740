import { SessionError } from "rollcall";
import type { Http } from "rollcall/http";
import type { Passwords } from "./passwords.js";
import type { Throttle } from "./throttle.js";
import { normalEmail, type Users } from "./users.js";

interface LoginTerms {
  readonly http: Http;
  readonly users: Users;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
}

interface LoginBody {
  readonly email: string;
  readonly password: string;
  readonly transport: "bearer" | "cookie";
  readonly persistent: boolean;
}

/** Longer passwords only cost us memory. */
const LONGEST = 1024;

/** `POST /auth/login`: the demo's own proof of who somebody is; Rollcall starts behind it. */
export function createLogin({ http, users, passwords, throttle }: LoginTerms) {
  return async (request: Request, address: string | undefined): Promise<Response> => {
    // Before the password is read: whoever is "logged out everywhere" meanwhile stays out.
    const provenAt = new Date();
    const { email, password, transport, persistent } = await readLogin(request);
    const from = address ?? "unknown";
    await asked(() => throttle.admit(email, from));
    const user = await asked(() => users.byEmail(email));
    if (!(await passwords.check(user?.passwordHash ?? null, password)) || user === null) {
      await asked(() => throttle.failed(email, from));
      return Response.json(
        { error: "Invalid credentials" },
        { status: 401, headers: { "Cache-Control": "no-store" } },
      );
    }
    await asked(() => throttle.succeeded(email, from));
    const connection = { address };
    const options = { transport, persistent, provenAt, connection };
    const { body, headers } = await http.signIn(request, { type: "user", id: user.id }, options);
    return Response.json({ user: { id: user.id, email: user.email }, ...body }, { headers });
  };
}

/** The demo's own questions to the database: its failure is a 503 here too, never a 401. */
export async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof SessionError) throw error;
    throw new SessionError("store_unavailable", { retryAfter: 1, cause: error });
  }
}

async function readLogin(request: Request): Promise<LoginBody> {
  let body: unknown;
  try {
    body = await request.json();
  } catch {
    throw malformed("the body is not JSON");
  }
  if (typeof body !== "object" || body === null) throw malformed("the body must be an object");
  const { email, password, transport, persistent }: Partial<Record<keyof LoginBody, unknown>> =
    body;
  if (typeof email !== "string" || typeof password !== "string") {
    throw malformed("email and password must be texts");
  }
  if (email.length > 255 || password.length > LONGEST) {
    throw malformed("email or password is too long");
  }
  return {
    email: normalEmail(email).replaceAll("\0", ""),
    password,
    transport: transport === "cookie" ? "cookie" : "bearer",
    persistent: persistent !== false,
  };
}

function malformed(message: string): SessionError {
  return new SessionError("malformed_request", { message });
}

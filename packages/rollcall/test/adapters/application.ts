import { type Principal, SessionError, type Sessions } from "rollcall";
import type { GuardOptions, HttpReauthenticateOptions, SignInOptions } from "rollcall/http";

// What the applications of all harnesses have in common, so that they differ by framework only.

/** What `POST /auth/login` of a harness takes. */
export interface Login {
  readonly user: { readonly type: string; readonly id: string };
  readonly terms: Pick<SignInOptions, "transport" | "csrf">;
}

/** Reads a parsed body; a password check would stand here. */
export function readLogin(body: unknown): Login {
  if (typeof body !== "object" || body === null || !("user" in body)) {
    throw new SessionError("malformed_request");
  }
  const type = "type" in body ? String(body.type) : "user";
  const transport = "transport" in body && body.transport === "cookie" ? "cookie" : "bearer";
  const user = { type, id: String(body.user) };
  const isProven = "csrf" in body && body.csrf === "verified";
  return { user, terms: { transport, ...(isProven ? { csrf: "verified" } : {}) } };
}

/** Whom `GET /sign-in` tries to sign in. */
export const LINKED: Login = {
  user: { type: "user", id: "ada" },
  terms: { transport: "cookie" },
};

/** The guard of `/inbox`. */
export const INBOX: GuardOptions = { signInPage: "/welcome?lang=en" };

/** The guard of `/fresh`. */
export const FRESH: GuardOptions = { maxAge: "10m" };

/** The guard of `/sure`: the highest level of the application's, where it has any. */
export const surely = ({ levels }: Pick<Sessions, "levels">): GuardOptions => ({
  level: levels.at(-1),
});

/** Reads the parsed body of `POST /step-up`; a check of the second factor would stand here. */
export function readStepUp(body: unknown): HttpReauthenticateOptions {
  const level = typeof body === "object" && body !== null && "level" in body ? body.level : "";
  return { methods: ["pwd", "otp"], level: String(level) };
}

/** What `GET /optional` answers. */
export const optional = (user: Principal | null, admin: Principal | null): object => ({
  user: user?.user ?? null,
  isAdmin: admin !== null,
});

/** What `GET /guarded` sets beside its answer. */
export const GUARDED_HEADERS = {
  "Cache-Control": "public, max-age=60",
  "Set-Cookie": "theme=dark; Path=/",
} as const;

/** What the handler of `GET /refuses` sets of an answer before it throws, where there is one to set it on. */
export const UNSENT_HEADERS = {
  "Content-Length": "5",
  "Content-Encoding": "gzip",
  ETag: '"unsent"',
  "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT",
} as const;

/** What `GET /refuses` throws. */
export function refusal(): SessionError {
  return new SessionError("reauthentication_required");
}

/** Whether a guard of the application's stands before one of Rollcall's routes (`guardFirst`). */
export function isGuardedFirst(path: string): boolean {
  return /^\/(account|auth\/logout)\b/.test(path);
}

/** What `GET /throws` throws. */
export function fault(): Error {
  return new Error("a detail of the application's");
}

/** What `GET /rejects` returns. */
export async function laterFault(): Promise<never> {
  await new Promise((resolve) => setImmediate(resolve));
  throw fault();
}

import { SessionError } from "rollcall";
import { normalEmail } from "./users.js";

/** What somebody signs in with, and how they want to stay signed in. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly transport: "bearer" | "cookie";
  readonly persistent: boolean;
}

const MOST_BYTES = 16_384;
const LONGEST_EMAIL = 255;
/** The longest password. */
const LONGEST_PASSWORD = 1024;

/** Reads the body of a sign-in. @throws SessionError `malformed_request`; which never repeats the input. */
export async function readCredentials(request: Request): Promise<Credentials> {
  const body = await readJson(request);
  if (typeof body !== "object" || body === null) throw malformed("the body must be an object");
  const { email, password, transport, persistent }: Partial<Record<keyof Credentials, unknown>> =
    body;
  if (typeof email !== "string" || typeof password !== "string") {
    throw malformed("email and password must be strings");
  }
  if (email.length > LONGEST_EMAIL || password.length > LONGEST_PASSWORD) {
    throw malformed("email or password is too long");
  }
  return {
    // Postgres does not accept NUL in a string.
    email: normalEmail(email).replaceAll("\0", ""),
    password,
    transport: transport === "cookie" ? "cookie" : "bearer",
    persistent: persistent !== false,
  };
}

/** Reads a password alone. @throws SessionError `malformed_request` */
export async function readPassword(request: Request): Promise<string> {
  const body = await readJson(request);
  const password =
    typeof body === "object" && body !== null && "password" in body ? body.password : null;
  if (typeof password !== "string" || password.length > LONGEST_PASSWORD) {
    throw malformed("password must be a string");
  }
  return password;
}

export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request).catch(() => "");
  if (text === null) throw malformed(`the body must be at most ${MOST_BYTES} bytes`);
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw malformed("the body is not JSON");
  }
}

/** `null` above the limit: a stranger must not decide how much memory we use. */
async function readText(request: Request): Promise<string | null> {
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of request.body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function malformed(message: string): SessionError {
  return new SessionError("malformed_request", { message });
}

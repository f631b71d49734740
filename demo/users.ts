import { randomUUID } from "node:crypto";
import { hashPassword } from "./passwords.js";
import type { Role } from "./roles.js";

/** A user of the demo. */
export interface DemoUser {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
}

/** A user as read from the database. */
export interface KnownUser extends DemoUser {
  /** When the row was read, by the database's clock, which sessions use too. */
  readonly readAt: Date;
}

/** The users of the demo. Rollcall does not store users. */
export interface Users {
  byEmail(email: string): Promise<KnownUser | null>;
  byId(id: string): Promise<KnownUser | null>;
  /** By address. */
  all(): Promise<readonly KnownUser[]>;
  roleOf(id: string): Promise<Role>;
  setRole(id: string, role: Role): Promise<void>;
  /** Does nothing when the address is taken. */
  add(user: DemoUser): Promise<void>;
}

/** Hedy has signed in before, on many devices. */
export const SEEDED_EMAIL = "hedy@example.com";
/** A member of staff, who may manage the sessions of others. */
export const STAFF_EMAIL = "margaret@example.com";
export const DEMO_EMAILS = [
  "ada@example.com",
  "grace@example.com",
  SEEDED_EMAIL,
  STAFF_EMAIL,
] as const;
export const DEMO_PASSWORD = "correct horse battery staple";

/** Addresses are compared without regard to case. */
export function normalEmail(text: string): string {
  return text.trim().toLowerCase();
}

/** The user type of a session, which guards check. */
export function userTypeOf({ email }: DemoUser): "user" | "staff" {
  return email === STAFF_EMAIL ? "staff" : "user";
}

/** The users that the first start makes. Several processes may do it at once. */
export async function addDemoUsers(users: Users): Promise<void> {
  for (const email of DEMO_EMAILS) {
    if ((await users.byEmail(email)) !== null) continue;
    const passwordHash = await hashPassword(DEMO_PASSWORD);
    await users.add({ id: randomUUID(), email, passwordHash });
  }
}

/** The only place that knows the columns. */
export function toUser(row: unknown): KnownUser | null {
  if (typeof row !== "object" || row === null) return null;
  if (!("id" in row && "email" in row && "password_hash" in row && "read_at" in row)) return null;
  return {
    id: String(row.id),
    email: String(row.email),
    passwordHash: String(row.password_hash),
    readAt: new Date(Number(row.read_at)),
  };
}

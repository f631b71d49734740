// The application's better-auth, before and after.
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { Pool } from "pg";

export const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.on("error", console.error);

export const betterAuthentication = betterAuth({
  database: pool,
  secret: "the secret that better-auth signs its cookies with",
  baseURL: process.env.ORIGIN ?? "http://localhost:3000",
  emailAndPassword: { enabled: true },
  advanced: { defaultCookieAttributes: { domain: process.env.COOKIE_DOMAIN } },
  telemetry: { enabled: false },
});

const { runMigrations } = await getMigrations(betterAuthentication.options);
await runMigrations();

import { type ClaimsFor, createSessions } from "rollcall";
import { createApp } from "./app.js";
import { asked } from "./asked.js";
import { kinds } from "./kinds.js";
import { openDatabase } from "./open-database.js";
import { keptSecret } from "./secret.js";
import { seedSessions } from "./seeds.js";
import { type Listening, listen } from "./server.js";
import { namingVariables, readSettings } from "./settings.js";
import { addDemoUsers, DEMO_EMAILS, DEMO_PASSWORD, SEEDED_EMAIL, STAFF_EMAIL } from "./users.js";

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const secret = settings.secret ?? (await keptSecret(settings.dataFolder));
  const database = await openDatabase(settings);
  await addDemoUsers(database.users);
  const seeded = await database.users.byEmail(SEEDED_EMAIL);
  if (seeded !== null) await seedSessions(database.makeStore(), secret, seeded.id);
  const store = database.makeStore();
  const claimsFor: ClaimsFor = async ({ id }) => ({
    role: await asked(() => database.users.roleOf(id)),
  });
  const sessions = createSessions({ store, secret, kinds, claimsFor, ...settings.sessions });
  // The origin contains the port, which is known only once the server listens.
  const server = await listen(settings, async (port) => {
    const local = ["localhost", "127.0.0.1", "[::1]"].map((name) => `http://${name}:${port}`);
    const [own = "", ...others] = settings.origin === null ? local : [settings.origin];
    const { insecureCookies } = settings;
    return await createApp({ sessions, database, origin: own, origins: others, insecureCookies });
  });
  console.log(greeting(server.port, database.name));
  stopOnSignal(server, async () => {
    await sessions.close();
    await database.close();
  });
}

function greeting(port: number, database: string): string {
  const url = `http://localhost:${port}`;
  const body = JSON.stringify({ email: DEMO_EMAILS[0], password: DEMO_PASSWORD });
  return [
    `Rollcall demo on ${url} (${database})`,
    "",
    `  Users     ${DEMO_EMAILS.join(", ")}`,
    `            ${SEEDED_EMAIL} has been signed in before, ${STAFF_EMAIL} is staff: ${url}/admin`,
    `  Password  ${DEMO_PASSWORD}`,
    "",
    `  curl -X POST ${url}/auth/login -H 'Content-Type: application/json' -d '${body}'`,
    "",
  ].join("\n");
}

/** Finishes open requests, flushes, and exits with 0. A second signal exits at once with 1. */
function stopOnSignal(server: Listening, close: () => Promise<void>): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    await server.close();
    await close();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
}

/** The library throws a TypeError that names a bad option. */
function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return namingVariables(error.message);
  return error instanceof Error ? error.message : "could not start";
}

main().catch((error: unknown) => {
  console.error(`rollcall demo: ${reasonOf(error)}`);
  process.exit(1);
});

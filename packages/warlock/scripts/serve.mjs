// Serves a folder of code that was written against @warlock.js/auth and @warlock.js/core.
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import Database from "libsql";
import { sqlite } from "rollcall/sqlite";
import {
  AuthErrorCodes,
  authMiddleware,
  authService,
  createWarlockApp,
  loginThrottleMiddleware,
  RefreshToken,
  router,
} from "rollcall-warlock";
import { loadFolder, placeIn } from "./load-folder.mjs";
import { User } from "./users.mjs";

const HELP = `Usage: npm run warlock -- FOLDER

Serves FOLDER/routes.ts with @warlock.js/auth and @warlock.js/core resolved to rollcall-warlock, on an
embedded database in memory. Adds POST /auth/login {"email","password"}, POST /auth/refresh
{"refreshToken"}, POST /auth/logout and GET /me where the folder has none of its own.

Users     ada@example.com, grace@example.com
Password  correct horse battery staple
PORT      where to listen; 0 takes a free port (default: 3000)

A folder with users of its own exports their models from routes.ts, as the configuration of @warlock.js/auth has
them: export const auth: AuthConfigurations = { userType: { user: User } }. The login is that of userType.user.`;

/** After the folder's own, so that its own win. */
function addRoutes(Model) {
  router.post(
    "/auth/login",
    async (request, response) => {
      const credentials = { email: request.input("email"), password: request.input("password") };
      const deviceId = request.input("deviceId");
      const device = { userAgent: request.userAgent, ip: request.ip, deviceId };
      const result = await authService.login(Model, credentials, device);
      if (result === null) return response.unauthorized({ error: "Invalid credentials" });
      return response.success(result);
    },
    { middleware: loginThrottleMiddleware({ max: 100 }) },
  );
  router.post("/auth/refresh", async (request, response) => {
    const tokens = await authService.refreshTokens(String(request.input("refreshToken", "")));
    if (tokens !== null) return response.success({ tokens });
    const errorCode = AuthErrorCodes.InvalidAccessToken;
    return response.unauthorized({ error: "Invalid refresh token", errorCode });
  });
  const middleware = authMiddleware([]);
  const logout = async (request, response) => {
    // This device alone: authService.logout without a refresh token ends everything.
    const { user, decodedAccessToken } = request;
    const own = { id: decodedAccessToken.sessionId, user_id: user.id, user_type: user.userType };
    const row = await RefreshToken.first(own);
    await row?.revoke();
    const refreshToken = request.input("refreshToken");
    if (refreshToken) await authService.removeRefreshToken(user, String(refreshToken));
    return response.success({ message: "Logged out" });
  };
  router.post("/auth/logout", logout, { middleware });
  router.get("/me", (request, response) => response.success({ user: request.user }), {
    middleware,
  });
}

/** Some projects export a function that registers the routes. */
async function register({ default: exported }) {
  if (typeof exported !== "function") return;
  const isClass = /^class\b/.test(Function.prototype.toString.call(exported));
  if (!isClass) await exported(router);
}

function portOf({ PORT }) {
  const port = Number(PORT || 3000);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error("PORT must be a number up to 65535");
}

async function serve(given, folder) {
  const port = portOf(process.env);
  const loaded = await loadFolder(folder);
  const { auth = {} } = loaded;
  const userType = { user: User, ...auth.userType };
  const store = sqlite(new Database(":memory:"));
  await store.migrate();
  const app = createWarlockApp({
    auth: { ...auth, userType },
    store,
    secret: randomBytes(32).toString("base64"),
    // Whole: where it failed is in there, as a place in the folder.
    onError: (error) => console.error("warlock:", error),
  });
  await register(loaded);
  addRoutes(userType.user);
  const listening = await app.listen(port);
  // A handler that forgot to wait for a promise ends its own work, not everybody's.
  process.on("unhandledRejection", (error) => console.error("warlock:", error));
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => app.close().then(() => process.exit(0)));
  }
  // Last: whoever reads it may end the process at once.
  console.log(`Serving ${given} on http://localhost:${listening}`);
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  const [given] = positionals;
  if (values.help) return console.log(HELP);
  if (given === undefined) throw new Error(`which folder?\n\n${HELP}`);
  // From where npm was called, not from where it put us.
  const folder = resolve(process.env.INIT_CWD ?? ".", given);
  return await serve(given, folder).catch(async (error) => {
    const place = await placeIn(folder, error);
    throw place === undefined ? error : new Error(`${error.message} (${place})`);
  });
}

// So that what fails is found by its place in the folder's own files.
process.setSourceMapsEnabled(true);
main().catch((error) => {
  console.error(`warlock: ${error?.message ?? error}`);
  process.exit(1);
});

// Serves a folder of code that was written against @warlock.js/auth and @warlock.js/core.
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import Database from "libsql";
import { sqlite } from "rollcall/sqlite";
import {
  Auth,
  AuthErrorCodes,
  authMiddleware,
  authService,
  createWarlockApp,
  loginThrottleMiddleware,
  router,
} from "rollcall/warlock";

const HELP = `Usage: npm run warlock -- FOLDER

Serves FOLDER/routes.ts with @warlock.js/auth and @warlock.js/core resolved to rollcall/warlock, on an
embedded database in memory. Adds POST /auth/login {"email","password"}, POST /auth/refresh
{"refreshToken"}, POST /auth/logout and GET /me where the folder has none of its own.

Users     ada@example.com, grace@example.com
Password  correct horse battery staple
PORT      where to listen; 0 takes a free port (default: 3000)`;

const FACADE = pathToFileURL(resolve(import.meta.dirname, "../dist/warlock/index.js")).href;

/** Both packages are the facade; what else a folder imports is found from that folder. */
const facade = {
  name: "facade",
  setup({ onResolve }) {
    onResolve({ filter: /^@warlock\.js\/(auth|core)$/ }, () => ({ path: FACADE, external: true }));
  },
};

async function load(folder) {
  const entry = join(folder, "routes.ts");
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  if (!existsSync(entry)) throw new Error(`there is no routes.ts in ${folder}`);
  const staging = await mkdtemp(join(tmpdir(), "rollcall-warlock-"));
  try {
    const outfile = join(staging, "routes.mjs");
    await build({
      entryPoints: [entry],
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      sourcemap: "inline",
      outfile,
      plugins: [facade],
      logLevel: "silent",
    });
    const loaded = await import(pathToFileURL(outfile).href);
    // Some projects export a function that registers the routes.
    const register = loaded.default;
    const isClass = /^class\b/.test(Function.prototype.toString.call(register ?? (() => {})));
    if (typeof register === "function" && !isClass) await register(router);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const password = await authService.hashPassword("correct horse battery staple");
const USERS = ["ada@example.com", "grace@example.com"].map((email) => ({
  id: randomUUID(),
  email,
  password,
}));

class User extends Auth {
  get userType() {
    return "user";
  }
  get email() {
    return this.get("email");
  }
  static async find(id) {
    return User.#of(USERS.find((user) => user.id === String(id)));
  }
  static async first(filter) {
    const conditions = Object.entries(filter);
    return User.#of(USERS.find((user) => conditions.every(([key, value]) => user[key] === value)));
  }
  static #of(data) {
    return data === undefined ? null : new User(data);
  }
}

/** After the folder's own, so that its own win. */
function addRoutes() {
  router.post(
    "/auth/login",
    async (request, response) => {
      const credentials = { email: request.input("email"), password: request.input("password") };
      const device = { userAgent: request.userAgent, ip: request.ip };
      const result = await authService.login(User, credentials, device);
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
    const { user, authorizationValue } = request;
    await authService.removeAccessToken(user, authorizationValue);
    const refreshToken = request.input("refreshToken");
    if (refreshToken) await authService.removeRefreshToken(user, String(refreshToken));
    return response.success({ message: "Logged out" });
  };
  router.post("/auth/logout", logout, { middleware });
  router.get("/me", (request, response) => response.success({ user: request.user }), {
    middleware,
  });
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  const [folder] = positionals;
  if (values.help) return console.log(HELP);
  if (folder === undefined) throw new Error(`which folder?\n\n${HELP}`);
  const port = Number(process.env.PORT ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error("PORT must be a number up to 65535");
  }
  const store = sqlite(new Database(":memory:"));
  await store.migrate();
  const app = createWarlockApp({
    auth: { userType: { user: User } },
    store,
    secret: randomBytes(32).toString("base64"),
  });
  // From where npm was called, not from where it put us.
  await load(resolve(process.env.INIT_CWD ?? ".", folder));
  addRoutes();
  console.log(`Serving ${folder} on http://localhost:${await app.listen(port)}`);
  // A handler that forgot to wait for a promise ends its own work, not everybody's.
  process.on("unhandledRejection", (error) => console.error("warlock:", error));
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => app.close().then(() => process.exit(0)));
  }
}

main().catch((error) => {
  // What the folder's own code threw is found by its place there.
  const where = /^\s+at .*?([^\s(]+\.[cm]?[jt]sx?:\d+:\d+)\)?$/m.exec(error.stack ?? "")?.[1];
  const isTheirs = where !== undefined && !where.startsWith("file:") && !error.errors;
  console.error(`warlock: ${error.message}${isTheirs ? ` (${where})` : ""}`);
  process.exit(1);
});

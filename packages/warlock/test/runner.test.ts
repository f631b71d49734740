import { createServer } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../rollcall/test/support/listen.js";
import { call, folderOf, outcome, PASSWORD, serve, signIn } from "./warlock-folder.js";

test.each([
  [
    "a missing export",
    'import { router,\n  v } from "@warlock.js/core";\nrouter.get("/", v);',
    "@warlock.js/core has no export 'v' (PATH/routes.ts:2:3)",
  ],
  ["a missing file", 'import "./nope";', 'Could not resolve "./nope" (PATH/routes.ts:1:8)'],
  ["broken syntax", "export const x = ;", 'Unexpected ";" (PATH/routes.ts:1:18)'],
  ["what it throws", '\nthrow new Error("my own");', "my own (PATH/routes.ts:2:7)"],
  [
    "what it calls wrongly",
    'import { router } from "@warlock.js/core";\nconst add = () => {\n  router.get("/", [{}, "x"]);\n};\nadd();',
    "a controller has no method x (PATH/routes.ts:3:10)",
  ],
])("%s is said in one line, with its place", async (_what, routes, said) => {
  const path = await folderOf({ "routes.ts": routes });
  expect(await outcome("serve.mjs", path)).toEqual({
    code: 1,
    stdout: "",
    stderr: `warlock: ${said.replace("PATH", path)}\n`,
  });
});

test("one line on stdout, and a failed handler's place on stderr", async () => {
  const path = await folderOf({
    "routes.ts": `import { router } from "@warlock.js/core";
      router.get("/fails", () => {
        throw new Error("its own detail");
      });`,
  });
  const served = await serve(path);
  expect(await call(served.url, "GET", "/fails")).toEqual({
    status: 500,
    json: { error: "Internal error", errorCode: "EC000" },
  });
  // What is said may come in pieces, the place behind the detail.
  await expect.poll(served.stderr).toContain(`${join(path, "routes.ts")}:3:15`);
  expect(served.stderr()).toContain("its own detail");
  expect(served.stdout()).toBe(`Serving ${path} on ${served.url}\n`);
});

test("a folder's own routes, users and lives win, and its catch-all swallows nothing", async () => {
  const { url } = await serve(
    await folderOf({
      "auth.ts": `import { Auth, type AuthConfigurations } from "@warlock.js/auth";
        class Member extends Auth {
          get userType() { return "member"; }
          static find(id: unknown) { return Promise.resolve(new Member({ id })); }
        }
        export const auth: AuthConfigurations = {
          userType: { member: Member },
          refreshToken: { maxPerUser: 1 },
        };
        export const member = new Member({ id: 1 });`,
      "routes.ts": `import { authMiddleware } from "@warlock.js/auth";
        import { router } from "@warlock.js/core";
        import { member } from "./auth";
        export { auth } from "./auth";
        router.get("/:page", (request) => ({ page: request.input("page") }));
        router.any("/*", (_request, response) => response.notFound({ error: "ours" }));
        router.get("/me", (request) => ({ mine: request.user.userType }), {
          middleware: [authMiddleware([])],
        });
        router.post("/member", () => member.createTokenPair());`,
    }),
  );
  const { access } = await signIn(url, "ada@example.com");
  expect(await call(url, "GET", "/me", { token: access })).toEqual({
    status: 200,
    json: { mine: "user" },
  });
  const { json } = await call(url, "POST", "/member");
  const token: string = json.accessToken.token;
  expect((await call(url, "GET", "/me", { token })).json).toEqual({ mine: "member" });
  await call(url, "POST", "/member");
  expect((await call(url, "GET", "/me", { token })).status).toBe(401);
  expect((await call(url, "GET", "/about")).json).toEqual({ page: "about" });
  expect((await call(url, "GET", "/no/where")).json).toEqual({ error: "ours" });
});

test("the login notes what the device calls itself", async () => {
  const { url } = await serve(
    await folderOf({
      "routes.ts": `import { authMiddleware } from "@warlock.js/auth";
        import { router, type RequestHandler } from "@warlock.js/core";
        const devices: RequestHandler = async (request) => ({
          devices: (await request.user.activeSessions()).map((row) => row.get("device_info")),
        });
        router.get("/devices", devices, { middleware: authMiddleware([]) });`,
    }),
  );
  const body = { email: "ada@example.com", password: PASSWORD, deviceId: "d1" };
  const { json } = await call(url, "POST", "/auth/login", { body });
  const token: string = json.tokens.accessToken.token;
  expect((await call(url, "GET", "/devices", { token })).json.devices).toEqual([
    { userAgent: "node", ip: "127.0.0.1", deviceId: "d1" },
  ]);
});

test("what the nearest tsconfig.json says of types is followed, from where it lies", async () => {
  const path = await folderOf({
    "base.json": '{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] }, "strict": false } }',
    "tsconfig.json":
      '{ // Above the folder.\n "extends": "./base.json", "compilerOptions": { "experimentalDecorators": true, }, }',
    "lib/said.ts": "export const said = (text) => text;",
    "app/routes.ts": `import { authEvents, type AccessTokenOutput, AuthErrorCodes, type Authenticable }
        from "@warlock.js/auth";
      import { router, type GroupedRoutesOptions, type ReturnedResponse, type RouterGroupCallback }
        from "@warlock.js/core";
      import { said } from "@/said";
      const logged = (_: object, __: string, descriptor: PropertyDescriptor) => descriptor;
      class Controller {
        @logged
        say() { return { said: said("it") }; }
      }
      export const codeOf = (code: AuthErrorCodes): string => code;
      export const tokenOf = ({ token }: AccessTokenOutput, _: Authenticable): string => token;
      const options: GroupedRoutesOptions = { prefix: "/app" };
      const add: RouterGroupCallback = () => router.get("/say", [new Controller(), "say"]);
      router.group(options, add);
      export const answer: ReturnedResponse = { a: 1 };
      authEvents.on("token.expired", (row) => console.log(row.id, codeOf(AuthErrorCodes.Unauthorized)));`,
  });
  const app = join(path, "app");
  expect(await outcome("check.mjs", app)).toEqual({
    code: 0,
    stdout: `${app} fits.\n`,
    stderr: "",
  });
  const { url } = await serve(app);
  expect((await call(url, "GET", "/app/say")).status).toBe(200);
  const broken = await folderOf({ "tsconfig.json": '{ "compilerOptions": {', "routes.ts": "" });
  const file = join(broken, "tsconfig.json");
  expect(await outcome("check.mjs", broken)).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(`^warlock:check: ${file} cannot be read: .*\n$`),
  });
});

test("a port that is taken, or none, is said", async () => {
  const path = await folderOf({ "routes.ts": "export {};" });
  const server = createServer();
  const { url, close } = await listen(server);
  onTestFinished(close);
  const { port } = new URL(url);
  const taken = await outcome("serve.mjs", path, { PORT: port });
  expect(taken).toMatchObject({ code: 1, stdout: "" });
  expect(taken.stderr).toContain("EADDRINUSE");
  expect(await outcome("serve.mjs", path, { PORT: "http" })).toMatchObject({
    code: 1,
    stderr: "warlock: PORT must be a number up to 65535\n",
  });
  // Empty is as good as none: it gets as far as the folder.
  expect(await outcome("serve.mjs", join(path, "nope"), { PORT: "" })).toMatchObject({
    stderr: `warlock: there is no folder ${join(path, "nope")}\n`,
  });
});

import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type Answer,
  call,
  exampleFolder,
  folderOf,
  outcome,
  PASSWORD,
  run,
  serve,
  signIn,
} from "./warlock-folder.js";

test("code of that kind runs unchanged, and a revoked device is out at once", async () => {
  const { url } = await serve(await exampleFolder());
  const laptop = await signIn(url, "ada@example.com");
  const phone = await signIn(url, "ada@example.com");
  const grace = await signIn(url, "grace@example.com");
  const list = (token: string): Promise<Answer> => call(url, "GET", "/account/sessions", { token });
  const { json } = await list(laptop.access);
  expect(json.sessions).toHaveLength(2);
  expect(json.sessions[0]).toEqual({
    id: expect.any(String),
    deviceInfo: { userAgent: "node", ip: "127.0.0.1" },
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    lastUsedAt: expect.any(String),
  });

  // The id stays the same when tokens are refreshed.
  const body = { refreshToken: phone.refresh };
  const refreshed = await call(url, "POST", "/auth/refresh", { body });
  const phoneToken: string = refreshed.json.tokens.accessToken.token;
  expect((await list(phoneToken)).json.sessions.map(({ id }: { id: string }) => id)).toEqual(
    json.sessions.map(({ id }: { id: string }) => id),
  );

  const [newest] = json.sessions;
  const path = `/account/sessions/${newest.id}`;
  expect(await call(url, "DELETE", path, { token: grace.access })).toEqual({
    status: 404,
    json: { error: "Session not found" },
  });
  expect((await call(url, "DELETE", path, { token: laptop.access })).status).toBe(200);
  for (const token of [phone.access, phoneToken]) {
    expect(await list(token)).toMatchObject({ status: 401, json: { errorCode: "EC002" } });
  }
  const again = { refreshToken: refreshed.json.tokens.refreshToken.token };
  expect(await call(url, "POST", "/auth/refresh", { body: again })).toMatchObject({
    status: 401,
    json: { errorCode: "EC002" },
  });
  expect((await list(laptop.access)).json.sessions).toHaveLength(1);
  expect((await call(url, "DELETE", path, { token: laptop.access })).status).toBe(200);
});

test("who is signed in, and who is not", async () => {
  const { url } = await serve(await exampleFolder());
  expect(await call(url, "GET", "/me")).toMatchObject({
    status: 401,
    json: { errorCode: "EC001" },
  });
  expect(await call(url, "GET", "/me", { token: "x" })).toMatchObject({
    status: 401,
    json: { errorCode: "EC002" },
  });
  const { access: token } = await signIn(url, "ada@example.com");
  const me = await call(url, "GET", "/me", { token });
  expect(me).toEqual({
    status: 200,
    json: { user: { id: expect.any(String), email: "ada@example.com", userType: "user" } },
  });
  expect((await call(url, "POST", "/auth/logout", { token })).status).toBe(200);
  expect((await call(url, "GET", "/me", { token })).status).toBe(401);
  const wrong = { email: "ada@example.com", password: "wrong" };
  expect((await call(url, "POST", "/auth/login", { body: wrong })).status).toBe(401);
  const operator = { email: { $ne: null }, password: PASSWORD };
  expect((await call(url, "POST", "/auth/login", { body: operator })).status).toBe(401);
  expect((await call(url, "GET", "/nowhere")).status).toBe(404);
});

test("what the folder's own tsconfig.json and node_modules have is found", async () => {
  const path = await exampleFolder();
  await mkdir(join(path, "node_modules/tiny"), { recursive: true });
  const files = {
    "node_modules/tiny/package.json": '{ "name": "tiny", "type": "module", "main": "index.js" }',
    "node_modules/tiny/index.js": 'export const tiny = "tiny";',
    "node_modules/tiny/index.d.ts": "export declare const tiny: string;",
    "app/shared.ts": 'import { tiny } from "tiny";\nexport const said: string = tiny;',
    "tsconfig.json":
      '{\n  // Ours.\n  "compilerOptions": { "paths": { "app/*": ["./app/*"], }, },\n}',
    "routes.ts": `import { router, type RequestHandler } from "@warlock.js/core";
      import { said } from "app/shared";
      const say: RequestHandler = (_request, response) => response.success({ said });
      say.description = "Says it";
      export default () => router.get("/say", say);`,
  };
  await mkdir(join(path, "app"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  const { url } = await serve(path);
  expect(await call(url, "GET", "/say")).toEqual({ status: 200, json: { said: "tiny" } });
  const [code] = await once(run("check.mjs", path), "exit");
  expect(code).toBe(0);
});

test("the folder's types are checked", async () => {
  const path = await exampleFolder();
  const check = () => outcome("check.mjs", path);
  expect(await check()).toMatchObject({ code: 0 });
  await writeFile(
    join(path, "controllers/sessions.ts"),
    'import type { Response } from "@warlock.js/core";\nexport const listSessions = (_: object, response: Response) => response.nothing();\nexport const revokeSession = listSessions;\n',
  );
  expect(await check()).toMatchObject({ code: 1, stdout: expect.stringContaining("TS2339") });
});

test.each(["serve.mjs", "check.mjs"])(
  "%s says what is wrong with a folder, and how it is called",
  async (script) => {
    expect(await outcome(script, await folderOf({}))).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("no routes.ts"),
    });
    expect(await outcome(script, "--help")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Usage: npm run warlock"),
      stderr: "",
    });
    expect(await outcome(script, "--nonsense")).toMatchObject({ code: 1, stdout: "" });
  },
);

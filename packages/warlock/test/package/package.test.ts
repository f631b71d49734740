import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  installed,
  installPackage,
  must,
  type Project,
} from "../../../rollcall/test/support/installed-package.js";

// What ships, beside the packed `rollcall`, in an empty folder of somebody's.

const root = join(import.meta.dirname, "../..");

let project: Project;
let packed: string;

beforeAll(async () => {
  if (!existsSync(join(root, "dist/index.js"))) throw new Error("not built: run npm run build");
  project = await installPackage();
  packed = await mkdtemp(join(tmpdir(), "rollcall-warlock-package-"));
  await npm(root, "pack", "--ignore-scripts", "--pack-destination", packed);
  const [tarball = expect.unreachable("npm pack made no tarball")] = await readdir(packed);
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await must(project.run("npm", "install", ...quiet, join(packed, tarball)));
}, 300_000);

afterAll(async () => {
  await project.remove();
  await rm(packed, { recursive: true, force: true });
});

function npm(cwd: string, ...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile("npm", args, { cwd }, (error) => (error === null ? resolve() : reject(error)));
  });
}

test("the package holds what it needs and nothing else", async () => {
  const folder = join(project.path, "node_modules/rollcall-warlock");
  expect((await readdir(folder)).sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
  const files = await readdir(join(folder, "dist"), { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    expect(file.name).toMatch(/\.(js|d\.ts)$/);
  }
  // One copy of Rollcall, the one that was installed first.
  expect(existsSync(join(folder, "node_modules"))).toBe(false);
});

const PROGRAM = `
import { memory } from "rollcall/memory";
import { Auth, authMiddleware, authService, createWarlockApp, RefreshToken, router } from "rollcall-warlock";

const password = await authService.hashPassword("right");
const row = { id: 7, email: "ada@example.com", password };

class User extends Auth {
  get userType(): string {
    return "user";
  }
  static override async first({ email }: { email?: unknown }): Promise<User | null> {
    return email === row.email ? new User(row) : null;
  }
  static override async find(id: string | number): Promise<User | null> {
    return Number(id) === row.id ? new User(row) : null;
  }
}

router.get("/me", (request, response) => response.success({ user: request.user }), {
  middleware: [authMiddleware("user")],
});

const app = createWarlockApp({
  auth: { userType: { user: User } },
  store: memory(),
  secret: "0123456789abcdef0123456789abcdef",
});
const port = await app.listen();
const result = await authService.login(User, { email: row.email, password: "right" });
const headers = { Authorization: \`Bearer \${result?.tokens.accessToken.token}\` };
const statusOf = async (): Promise<number> =>
  (await fetch(\`http://127.0.0.1:\${port}/me\`, { headers })).status;
const before = await statusOf();
const session = await RefreshToken.first({ token: result?.tokens.refreshToken?.token });
await session?.revoke();
console.log(before, await statusOf());
await app.close();
`;

test("a program compiles against it, signs in over HTTP and ends its session", async () => {
  await project.write("program.mts", PROGRAM);
  const compilerOptions = {
    target: "es2023",
    lib: ["es2023", "dom", "dom.iterable"],
    module: "nodenext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
  };
  await project.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["program.mts"] }));
  await project.link("@types/node", "@types/ms");
  await must(project.node(installed("typescript/bin/tsc"), "-p", "."));
  expect(await must(project.node("program.mjs"))).toBe("200 401\n");
});

test("publint has nothing to say", async () => {
  const folder = join(project.path, "node_modules/rollcall-warlock");
  const lint = installed("publint/src/cli.js");
  expect(await must(project.node(lint, folder, "--strict", "--pack", "false"))).toMatch(/All good/);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { installed, installPackage, must } from "../support/installed-package.js";

// What goes into a container: a folder that Next makes, with the packages that it has traced and no others.

const FILES = {
  "next.config.mjs": `
    export default {
      output: "standalone",
      // What this project has installed lies in two places.
      outputFileTracingRoot: "/",
      serverExternalPackages: ["rollcall"],
      skipTrailingSlashRedirect: true,
    };`,
  "auth.js": `
    import { cookies, headers } from "next/headers";
    import { createSessions } from "rollcall";
    import { createHttp } from "rollcall/http";
    import { memory } from "rollcall/memory";
    import { rollcall } from "rollcall/next";

    const secret = "0123456789abcdef0123456789abcdef";
    globalThis.auth ??= rollcall(
      createHttp({ sessions: createSessions({ store: memory(), secret }) }),
      { cookies, headers },
    );
    export const { auth } = globalThis;`,
  "app/layout.js": `
    export default function Layout({ children }) {
      return <html lang="en"><body>{children}</body></html>;
    }`,
  "app/me/route.js": `
    import { auth } from "../../auth.js";

    export const GET = auth.guard((_request, { user }) => Response.json({ user }));
    export const POST = auth.errors(async () =>
      Response.json((await auth.signIn({ type: "user", id: "ada" })).body));`,
};

// A build takes a minute of a processor, so it is for CI.
test.runIf(process.env["CI"] !== undefined)(
  "Next's standalone output runs alone",
  async () => {
    const project = await installPackage();
    onTestFinished(project.remove);
    await project.link("next", "react", "react-dom");
    for (const [name, text] of Object.entries(FILES)) await project.write(name, text);
    // Not Turbopack, which takes no link that leads out of the folder.
    await must(project.node(installed("next/dist/bin/next"), "build", "--webpack"));
    const alone = join(project.path, "../alone");
    await rename(join(project.path, ".next/standalone"), alone);
    await rename(project.path, join(project.path, "../elsewhere"));

    const server = spawn(process.execPath, ["server.js"], {
      cwd: join(alone, project.path),
      env: { PATH: process.env["PATH"], PORT: "0", HOSTNAME: "127.0.0.1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(server, "exit");
    onTestFinished(async () => {
      server.kill();
      await ended;
    });
    const url = await new Promise<string>((resolve, reject) => {
      createInterface(server.stdout).on("line", (line) => {
        const [, found] = /Local: +(http\S+)/.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
      ended.then(([code]) => reject(new Error(`it ended with ${code} before it listened`)));
    });
    expect((await fetch(`${url}/me`)).status).toBe(401);
    const { tokens } = JSON.parse(await (await fetch(`${url}/me`, { method: "POST" })).text());
    const headers = { Authorization: `Bearer ${tokens.accessToken.token}` };
    const me = await fetch(`${url}/me`, { headers });
    expect([me.status, await me.json()]).toEqual([200, { user: { type: "user", id: "ada" } }]);
  },
  600_000,
);

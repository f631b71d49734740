import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../../..");

// As an application of Next compiles, and in a project of its own: Next's types change those of Node.
const PROGRAM = `
import type { NextConfig } from "next";
import { cookies, headers } from "next/headers";
import { type NextFetchEvent, type NextProxy, type NextRequest, NextResponse } from "next/server";
import type { Principal } from "rollcall";
import type { CallerRequirements, Http } from "rollcall/http";
import { type NextRollcall, rollcall } from "rollcall/next";
import { expectTypeOf } from "vitest";

declare const http: Http;
declare const event: NextFetchEvent;
declare const nextRequest: NextRequest;
export const config: NextConfig = { skipTrailingSlashRedirect: true };

const auth = rollcall(http, { cookies, headers });
expectTypeOf(auth).toEqualTypeOf<NextRollcall>();

/** What Next asks of an export of route.ts. */
type Route = (
  request: NextRequest,
  context: { params: Promise<{ id: string }> },
) => Promise<Response> | Response;

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = auth.handlers;
export const routes: Route[] = [GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS];

export const short: Route = auth.guard((request, principal) => {
  expectTypeOf(principal).toEqualTypeOf<Principal>();
  return Response.json({ user: principal.user, url: request.url });
});
export const long: Route = auth.guard(
  async (request: NextRequest, { user }, { params }: { params: Promise<{ id: string }> }) => {
    expectTypeOf((await params).id).toEqualTypeOf<string>();
    return NextResponse.json({ user, path: request.nextUrl.pathname });
  },
  { types: ["user"] },
);
export const login: Route = auth.errors(async (request: NextRequest) => {
  const { body, session } = await auth.signIn({ type: "user", id: 1n }, { transport: "cookie" });
  return Response.json({ body, session, path: request.nextUrl.pathname });
});

export const proxy: NextProxy = auth.proxy((request: NextRequest, principal) => {
  expectTypeOf(principal).toEqualTypeOf<Principal | null>();
  return principal === null
    ? NextResponse.redirect(new URL("/login", request.url))
    : NextResponse.next();
});
export const proxied = proxy(nextRequest, event);

expectTypeOf(auth.session()).toEqualTypeOf<Promise<Principal | null>>();
expectTypeOf(auth.session).parameter(0).toEqualTypeOf<
  CallerRequirements | undefined
>();

// @ts-expect-error without next/headers nothing is known of the caller
rollcall(http);
// @ts-expect-error a guarded handler answers
auth.guard(() => {});
// @ts-expect-error user types are texts
auth.guard(() => new Response(), { types: [1] });
`;

test("the types fit those of Next", async () => {
  const cache = join(root, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "next-types-"));
  try {
    const compilerOptions = {
      target: "es2023",
      lib: ["es2023", "es2024.string", "dom", "dom.iterable"],
      module: "esnext",
      moduleResolution: "bundler",
      types: ["node"],
      jsx: "preserve",
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      paths: {
        rollcall: [join(root, "packages/rollcall/src/index.ts")],
        "rollcall/http": [join(root, "packages/rollcall/src/http/index.ts")],
        "rollcall/next": [join(root, "packages/rollcall/src/adapters/next.ts")],
      },
    };
    await writeFile(join(folder, "program.ts"), PROGRAM);
    const config = { compilerOptions, files: ["program.ts"] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    expect(await compile(folder)).toBe("");
  } finally {
    await rm(folder, { recursive: true });
  }
});

function compile(folder: string): Promise<string> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", "."], { cwd: folder }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

import { createHmac, hkdfSync } from "node:crypto";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import type { SessionsOptions } from "rollcall";
import { createKeyRing } from "rollcall";
import type {
  UncheckedCaller,
  verifyWithoutRevocation,
  WithoutRevocationOptions,
} from "rollcall/next/edge";
import { manualClock } from "rollcall/testing";
import { expect, test } from "vitest";
import { open, secret, user } from "../support/sessions.js";

// In a context that has what an edge runtime has, and nothing of Node's.
const { outputFiles } = await build({
  entryPoints: [new URL("../../src/adapters/next-edge.ts", import.meta.url).pathname],
  bundle: true,
  write: false,
  format: "iife",
  globalName: "edge",
  // It has no modules of Node's: an import of one would fail here.
  platform: "neutral",
});
const edge: { verifyWithoutRevocation: typeof verifyWithoutRevocation } = runInContext(
  `${outputFiles[0]?.text}; edge`,
  createContext({ crypto, TextEncoder, TextDecoder, atob, Uint8Array, Date }),
);

const ask = (
  headers: Record<string, string>,
  options: Partial<WithoutRevocationOptions> = {},
): Promise<UncheckedCaller | null> =>
  edge.verifyWithoutRevocation(new Request("https://app.example/", { headers }), {
    secret,
    ...options,
  });

const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

interface Issued {
  readonly sessions: ReturnType<typeof open>["sessions"];
  readonly access: string;
  readonly refresh: string;
  readonly sessionId: string;
}

/** Issued at a time that stands still, now or so long ago. */
async function issue(options: Partial<SessionsOptions> = {}, ago = 0): Promise<Issued> {
  const opened = open(options, manualClock(1000 * Math.floor(Date.now() / 1000) - ago));
  const { session, tokens } = await opened.sessions.start(user);
  const [access, refresh] = [tokens.accessToken.token, tokens.refreshToken.token];
  return { sessions: opened.sessions, access, refresh, sessionId: session.id };
}

test("it knows the caller of a good access token, as a bearer or in a cookie", async () => {
  const { access, refresh, sessionId } = await issue();
  const caller = { user, sessionId, expiresAt: expect.any(Date) };
  expect(await ask(bearer(access))).toEqual(caller);
  const Cookie = `a=b; __Host-rollcall-at=${access}; __Host-rollcall-rt=${refresh}`;
  expect(await ask({ Cookie })).toEqual(caller);
});

test("it does not know that a session has ended, as its name says", async () => {
  const { sessions, access } = await issue();
  await sessions.revokeAll(user);
  expect(await ask(bearer(access))).toMatchObject({ user });
});

test("it takes nothing that is expired, forged, of another kind or for somebody else", async () => {
  const { access, refresh } = await issue();
  const [header = "", payload = "", signature = ""] = access.split(".");
  const encode = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  // By the very key of access tokens, so that only the header speaks against it.
  const key = hkdfSync("sha256", secret, "", "rollcall/1/access-token/rollcall", 32);
  const signed = (typ: string): string => {
    const text = `${encode({ alg: "HS256", typ })}.${payload}`;
    return `${text}.${createHmac("sha256", Buffer.from(key)).update(text).digest("base64url")}`;
  };
  expect(await ask(bearer(signed("at+jwt")))).toMatchObject({ user });
  const bad: Record<string, string> = {
    "of another type": signed("JWT"),
    empty: "",
    refresh,
    short: `${header}.${payload}`,
    long: `${access}.x`,
    unsigned: `${header}.${payload}.`,
    changed: `${header}.${encode({ ...claims, sub: "grace" })}.${signature}`,
    none: `${encode({ alg: "none", typ: "at+jwt" })}.${payload}.`,
    "no JSON": `x.${payload}.${signature}`,
    "no base64url": `${header}.${payload}.ä`,
    "length of no bytes": `${header}.${payload}.${signature.slice(0, 41)}`,
  };
  for (const [what, token] of Object.entries(bad)) {
    const Cookie = `__Host-rollcall-at=${encodeURI(token)}`;
    expect(await ask({ Cookie }), what).toBeNull();
  }
  expect(await ask(bearer(access), { secret: "another secret of more than 32 bytes" })).toBeNull();
  expect(await ask(bearer(access), { issuer: "another" })).toBeNull();
  expect(await ask(bearer(access), { audience: "another" })).toBeNull();
  expect(await ask({})).toBeNull();
  expect(await ask({ Cookie: `__Host-rollcall-at=${access}; __Host-rollcall-at=x` })).toBeNull();
  expect(await ask({ ...bearer("x.y.z"), Cookie: `__Host-rollcall-at=${access}` })).toBeNull();
  expect(await ask(bearer((await issue({}, 540_000)).access))).toMatchObject({ user });
  expect(await ask(bearer((await issue({}, 600_000)).access))).toBeNull();
});

test("issuer, audience and each secret of a ring are as createSessions had them", async () => {
  const keys = createKeyRing([
    { id: "old", secret },
    { id: "new", secret: new Uint8Array(32).fill(7) },
  ]);
  const terms = { issuer: "https://app.example", audience: "api" };
  const { access } = await issue({ keys, ...terms });
  const ring = { secret: [secret, new Uint8Array(32).fill(7)] };
  expect(await ask(bearer(access), { ...ring, ...terms })).toMatchObject({ user });
  expect(await ask(bearer(access), terms)).toBeNull();
  expect(await ask(bearer(access), { ...ring, issuer: terms.issuer })).toBeNull();
});

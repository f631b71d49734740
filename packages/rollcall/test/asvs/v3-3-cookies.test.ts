import { insecureDevelopmentCookies } from "rollcall/http";
import { expect, test } from "vitest";
import { ORIGIN, openApp, request } from "../http/app.js";
import { user } from "../support/sessions.js";

// OWASP ASVS 5.0, V3.3: cookies. Every cookie that Rollcall sets is looked at, in every way that sets one.

const staff = { type: "staff", id: "margaret" };

/** All `Set-Cookie` lines of a sign-in, a refresh in passing, a step-up, acting and a sign-out. */
async function everyCookie(): Promise<readonly string[]> {
  const app = openApp(
    { cookies: true, origin: ORIGIN },
    { claimsFor: () => ({ role: "x".repeat(500) }) },
  );
  const { http, clock } = app;
  const headers: Record<string, string> = { Origin: ORIGIN };
  const lines: string[] = [];
  const take = (set: Headers | null): void => {
    const taken = set?.getSetCookie() ?? [];
    const cookies = new Map(
      (headers["Cookie"]?.split("; ") ?? []).map((pair) => [pair.split("=")[0], pair]),
    );
    for (const line of taken) cookies.set(line.split("=")[0], line.split(";")[0] ?? "");
    headers["Cookie"] = [...cookies.values()].join("; ");
    lines.push(...taken);
  };
  const post = (): Request => request("POST", "/", { headers });
  const transport = "cookie";
  take((await http.signIn(post(), staff, { transport })).headers);
  clock.advance(11 * 60_000);
  const passing = post();
  await http.authenticate(passing);
  take(http.outgoingHeaders(passing));
  take((await http.reauthenticate(post(), { methods: ["pwd"] })).headers);
  take((await http.actAs(post(), user)).headers);
  const leaving = post();
  await http.signOut(leaving);
  take(http.outgoingHeaders(leaving));
  expect(new Set(lines.map((line) => line.split("=")[0]))).toEqual(
    new Set(["at", "rt", "device", "actor"].map((name) => `__Host-rollcall-${name}`)),
  );
  return lines;
}

test("3.3.1: every cookie is Secure, under a name that browsers hold to it", async () => {
  for (const line of await everyCookie()) expect(line).toMatch(/^__Host-[^;]+;.*; Secure(;|$)/);
  // Without TLS there are none, except for development on the machine itself.
  expect(() =>
    openApp({ cookies: { [insecureDevelopmentCookies]: true }, origin: ORIGIN }),
  ).toThrow(/^insecureDevelopmentCookies/);
});

test("3.3.2: cookies are SameSite=Lax, and other sites cannot have anything done with them", async () => {
  for (const line of await everyCookie()) expect(line).toMatch(/; SameSite=Lax(;|$)/);
  const { http } = openApp({ cookies: true, origin: ORIGIN });
  const headers = { Origin: "https://evil.example" };
  await expect(
    http.signIn(request("POST", "/", { headers }), user, { transport: "cookie" }),
  ).rejects.toMatchObject({ code: "cross_site" });
});

test("3.3.3: every cookie has the prefix __Host-, for the whole of this host alone", async () => {
  for (const line of await everyCookie()) {
    expect(line).toMatch(/^__Host-/);
    expect(line).toMatch(/; Path=\/(;|$)/);
    expect(line).not.toMatch(/Domain/i);
  }
});

test("3.3.4: every cookie is HttpOnly, and no body holds what is in one", async () => {
  const lines = await everyCookie();
  for (const line of lines) expect(line).toMatch(/; HttpOnly(;|$)/);
  const app = openApp({ cookies: true, origin: ORIGIN });
  const headers = { Origin: ORIGIN };
  const signIn = await app.http.signIn(request("POST", "/", { headers }), user, {
    transport: "cookie",
  });
  const values = signIn.headers.getSetCookie().map((line) => /=([^;]+)/.exec(line)?.[1] ?? "");
  expect(values.every((value) => value.length > 20)).toBe(true);
  const Cookie = signIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const refreshed = await app.call("POST", "/auth/refresh", { headers: { ...headers, Cookie } });
  expect(refreshed.status).toBe(200);
  for (const body of [JSON.stringify(signIn.body), refreshed.text]) {
    for (const value of values) expect(body).not.toContain(value);
    expect(body).not.toMatch(/eyJ|token"/);
  }
});

test("3.3.5: no cookie is longer than 4096 bytes, and claims that would make it so are refused", async () => {
  for (const line of await everyCookie()) {
    expect(Buffer.byteLength(line.split(";")[0] ?? "")).toBeLessThanOrEqual(4096);
  }
  const most = openApp(
    { cookies: true, origin: ORIGIN },
    { claimsFor: () => ({ a: "x".repeat(4000) }) },
  );
  const headers = { Origin: ORIGIN };
  const signIn = most.http.signIn(request("POST", "/", { headers }), user, { transport: "cookie" });
  await expect(signIn).rejects.toThrow(/claimsFor/);
});

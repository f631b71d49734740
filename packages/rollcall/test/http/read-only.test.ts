import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { ORIGIN, openApp, request } from "./app.js";

const DAY = 24 * 3_600_000;

/** A browser that drops each cookie when its Max-Age has passed (RFC 6265 §5.3), and not before. */
function browser(now: () => number): { take(headers: Headers): void; header(): string } {
  const cookies = new Map<string, { value: string; until: number }>();
  return {
    take(headers) {
      for (const line of headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        const [, maxAge = "Infinity"] = /; Max-Age=(\d+)/.exec(line) ?? [];
        cookies.set(name, { value, until: now() + Number(maxAge) * 1000 });
      }
    },
    header: () =>
      [...cookies]
        .filter(([, { until }]) => until > now())
        .map(([name, { value }]) => `${name}=${value}`)
        .join("; "),
  };
}

// Of pages that can set no cookies: what a browser got at the sign-in is all that it ever gets.
test.each([1, 3, 6])(
  "a view every %i days, by reading alone, keeps a browser signed in to the absolute limit",
  async (days) => {
    const { http, clock, sessions } = openApp({ cookies: true, origin: ORIGIN });
    const { take, header } = browser(clock.now);
    const login = request("POST", "/login", { headers: { "Sec-Fetch-Site": "same-origin" } });
    take((await http.signIn(login, user, { transport: "cookie" })).headers);
    const view = async (): Promise<string> => {
      const page = request("GET", "/page", { headers: { Cookie: header() } });
      return (await http.authenticate(page, { readOnly: true })).user.id;
    };
    for (let day = days; day < 30; day += days) {
      clock.advance(days * DAY);
      expect(await view()).toBe("ada");
      clock.advance(60_000);
      const [session] = (await sessions.list(user)).sessions;
      expect(session?.lastUsedAt.getTime()).toBeGreaterThan(clock.now() - DAY);
    }
    clock.advance(days * DAY);
    await expect(view()).rejects.toMatchObject({ code: expect.stringMatching(/^credential_/) });
  },
);

test("nobody who stays away for longer than idleTimeout is kept, whatever the cookie lasts", async () => {
  const { http, clock } = openApp({ cookies: true, origin: ORIGIN });
  const { take, header } = browser(clock.now);
  const login = request("POST", "/login", { headers: { "Sec-Fetch-Site": "same-origin" } });
  take((await http.signIn(login, user, { transport: "cookie" })).headers);
  clock.advance(7 * DAY);
  expect(header()).toContain("__Host-rollcall-rt=");
  const page = request("GET", "/page", { headers: { Cookie: header() } });
  await expect(http.authenticate(page)).rejects.toMatchObject({ reason: "expired" });
  // And the cookies, dead now, go.
  const left = http.finish(page, new Response("")).headers.getSetCookie();
  expect(left).toEqual([
    expect.stringContaining("Max-Age=0"),
    expect.stringContaining("Max-Age=0"),
  ]);
});

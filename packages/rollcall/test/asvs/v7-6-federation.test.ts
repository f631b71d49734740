import { expect, test } from "vitest";
import { openApp, request } from "../http/app.js";
import { open, refreshToken, refusal, user } from "../support/sessions.js";

// OWASP ASVS 5.0, V7.6: sessions that follow a sign-in at an identity provider.

const HOUR = 3_600_000;

test("7.6.1: the time of the sign-in at the provider counts, not that of the session", async () => {
  const { sessions, clock } = open({ levels: { sso: { absoluteTimeout: "8h" } } });
  // As `auth_time` of the ID token has it.
  const authenticatedAt = new Date(clock.now() - 6 * HOUR);
  const signIn = await sessions.start(user, { level: "sso", authenticatedAt });
  clock.advance(HOUR);
  const next = await sessions.refresh(refreshToken(signIn));
  clock.advance(HOUR);
  expect((await refusal(sessions.refresh(next.tokens.refreshToken.token))).reason).toBe("expired");
  // And one that was too long ago begins no session.
  const old = { level: "sso", authenticatedAt: new Date(clock.now() - 9 * HOUR) };
  expect((await refusal(sessions.start(user, old))).code).toBe("reauthentication_required");
});

test("7.6.2: a link, a prefetch or another site begins no session", async () => {
  const { http, sessions } = openApp({ cookies: true, origin: "https://app.example" });
  const options = { transport: "cookie" } as const;
  await expect(http.signIn(request("GET", "/"), user, options)).rejects.toThrow(TypeError);
  for (const headers of [
    { Origin: "https://app.example", "Sec-Purpose": "prefetch" },
    { "Sec-Fetch-Site": "cross-site" },
    { Origin: "https://evil.example" },
  ]) {
    const asked = request("POST", "/", { headers });
    await expect(http.signIn(asked, user, options)).rejects.toMatchObject({ code: "cross_site" });
  }
  expect((await sessions.list(user)).sessions).toEqual([]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { cookieJar, ORIGIN, openApp, request } from "./app.js";

const methods = fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
const paths = fc.oneof(
  fc.constantFrom(
    "/account/sessions",
    "/account/sessions?scope=all",
    "/account/sessions?limit=1&limit=2&cursor=%00",
    "/account/logout-everywhere",
    "/auth/refresh",
    "/auth/logout",
    "/openapi.json",
    "/healthz",
  ),
  fc.webPath().map((path) => `/account/sessions/${encodeURI(path)}`),
  fc.webPath(),
);
const bodies = fc.oneof(fc.json(), fc.string(), fc.constant(undefined));
const junk = fc.stringMatching(/^[ -~]{0,60}$/);

test("whatever is asked: no 500, and no secret in any answer", async () => {
  const app = openApp({ cookies: true, origin: ORIGIN });
  const login = request("POST", "/login", { headers: { Origin: ORIGIN } });
  await fc.assert(
    fc.asyncProperty(
      methods,
      paths,
      bodies,
      junk,
      fc.constantFrom("none", "bearer", "cookie", "junk bearer", "junk cookie"),
      async (method, path, body, noise, credential) => {
        const bearer = await app.signIn(user);
        const jar = cookieJar();
        jar.take(await app.http.signIn(login, user, { transport: "cookie" }));
        const sent = {
          none: {},
          bearer: { Authorization: `Bearer ${bearer.accessToken.token}` },
          cookie: jar.header(),
          "junk bearer": { Authorization: noise },
          "junk cookie": { Cookie: `__Host-rollcall-rt=${noise}; ${noise}` },
        }[credential];
        const hasBody = body !== undefined && method !== "GET" && method !== "HEAD";
        const headers = { Origin: ORIGIN, ...sent };
        const options = hasBody ? { body, headers } : { headers };
        const answer = await app.call(method, path, options);
        expect(answer.status, `${method} ${path}`).not.toBe(500);
        expect(answer.headers.get("cache-control"), `${method} ${path}`).toBe("no-store");
        const secrets = [bearer.accessToken, bearer.refreshToken].map(({ token }) => token);
        for (const secret of [...secrets, ...jar.cookies.values()]) {
          expect(answer.text).not.toContain(secret.slice(secret.lastIndexOf(".") + 1));
        }
        if (path !== "/openapi.json") expect(answer.text).not.toMatch(/rt1\.|eyJ/);
      },
    ),
    { numRuns: 300 },
  );
  expect(app.failures).toEqual([]);
});

import { createHttp } from "rollcall/http";
import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { type App, cookieJar, ORIGIN, openApp, request } from "./app.js";

const methods = ["pwd"];
const open = (): App => openApp({ cookies: true, origin: ORIGIN });

/** A browser that is signed in, and the headers of its requests. */
async function browser({ http }: App) {
  const jar = cookieJar();
  const { headers } = await http.signIn(
    request("POST", "/sign-in", { headers: { Origin: ORIGIN } }),
    user,
    {
      transport: "cookie",
    },
  );
  jar.take({ headers });
  return {
    jar,
    asked: () => request("POST", "/step-up", { headers: { Origin: ORIGIN, ...jar.header() } }),
  };
}

test("the new cookies work at once, and nothing that was pending follows them", async () => {
  const app = open();
  const { http, clock } = app;
  const { jar, asked } = await browser(app);
  clock.advance(11 * 60_000);
  const request1 = asked();
  // Refreshed in passing by a guard in front, whose cookies would be dead by the time they are sent.
  await http.authenticate(request1);
  expect(http.outgoingHeaders(request1)?.getSetCookie()).toHaveLength(2);
  const { headers, body } = await http.reauthenticate(request1, { methods });
  expect(http.outgoingHeaders(request1)).toBeNull();
  expect(body).not.toHaveProperty("tokens");
  jar.take({ headers });
  expect(await http.authenticate(asked())).toMatchObject({ methods });
});

test("a session that has ended meanwhile is not raised, and its cookies are cleared", async () => {
  const app = open();
  const { sessions } = app;
  const { asked } = await browser(app);
  const http = createHttp({
    sessions: {
      ...sessions,
      async reauthenticate(principal, options) {
        // Authenticated a moment ago; now its owner ends it.
        await sessions.revoke(user, principal.sessionId);
        return await sessions.reauthenticate(principal, options);
      },
    },
    cookies: true,
    origin: ORIGIN,
    clock: app.clock,
  });
  const late = asked();
  await expect(http.reauthenticate(late, { methods })).rejects.toMatchObject({ reason: "revoked" });
  const cleared = http.outgoingHeaders(late)?.getSetCookie() ?? [];
  expect(cleared).toHaveLength(2);
  for (const line of cleared) expect(line).toMatch(/Max-Age=0/);
});

test("attack: a session that ends while it is raised stays ended", async () => {
  const app = open();
  const { http, sessions } = app;
  const { jar, asked } = await browser(app);
  const principal = await http.authenticate(asked());
  const [raised] = await Promise.allSettled([
    http.reauthenticate(asked(), { methods }),
    sessions.revoke(user, principal.sessionId),
  ]);
  expect((await sessions.get(user, principal.sessionId))?.revokedAt).not.toBeNull();
  if (raised.status === "fulfilled") jar.take({ headers: raised.value.headers });
  await expect(http.authenticate(asked())).rejects.toMatchObject({ reason: "revoked" });
});

import { expect, test } from "vitest";
import { refusal, user } from "../support/sessions.js";
import { type App, ORIGIN, openApp, request } from "./app.js";

/** A request to a sign-out page of the application's own, with the cookies of a new session. */
async function leaving(app: App, site: string): Promise<Request> {
  const { accessToken } = await app.signIn(user);
  const headers = { Cookie: `__Host-rollcall-at=${accessToken.token}`, "Sec-Fetch-Site": site };
  return request("POST", "/leave", { headers });
}

test("signOut ends the caller's session, and its cookies go with the answer", async () => {
  const app = openApp({ cookies: true, origin: ORIGIN });
  const leave = await leaving(app, "same-origin");
  await app.http.signOut(leave);
  const answer = app.http.finish(leave, Response.redirect(`${ORIGIN}/`));
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-rollcall-at=; Max-Age=0/),
    expect.stringMatching(/^__Host-rollcall-rt=; Max-Age=0/),
  ]);
  expect((await app.sessions.list(user)).sessions).toEqual([]);
});

test("signOut takes no other site's word, and says when there is nobody to sign out", async () => {
  const app = openApp({ cookies: true, origin: ORIGIN });
  const foreign = await leaving(app, "cross-site");
  expect((await refusal(app.http.signOut(foreign))).code).toBe("cross_site");
  expect((await app.sessions.list(user)).sessions).toHaveLength(1);
  const nobody = request("POST", "/leave");
  expect((await refusal(app.http.signOut(nobody))).code).toBe("credential_missing");
});

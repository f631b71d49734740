import { expect, test } from "vitest";
import { user } from "../support/sessions.js";
import { openApp } from "./app.js";

test("a body of the wrong shape is refused without a word of what it said", async () => {
  const { call, sessions } = openApp();
  const { session, tokens } = await sessions.start(user);
  const secret = tokens.refreshToken.token;
  const token = tokens.accessToken.token;
  const bodies = [
    secret,
    [secret],
    { [secret]: secret },
    { refreshToken: [secret] },
    { refreshToken: { [secret]: secret } },
    { name: [secret] },
    { name: { token: secret } },
    { name: `${secret}\u0007` },
    { name: `${secret}${"x".repeat(64)}` },
  ];
  for (const body of [...bodies.map((value) => JSON.stringify(value)), secret, `{"${secret}`]) {
    for (const [method, path] of [
      ["POST", "/auth/logout"],
      ["POST", "/auth/refresh"],
      ["PATCH", `/account/sessions/${session.id}`],
    ] as const) {
      // Without a credential for logout, which would otherwise be a good one.
      const options = method === "PATCH" ? { token, body } : { body };
      const answer = await call(method, path, options);
      const said = `${method} ${path} ${body} ${answer.text}`;
      expect([400, 401], said).toContain(answer.status);
      expect(answer.text, said).not.toContain(secret.slice(0, 12));
    }
  }
});

test("a query of the wrong shape is refused without a word of what it said", async () => {
  const { call, signIn } = openApp();
  const token = (await signIn(user)).accessToken.token;
  for (const [method, name] of [
    ["GET", "limit"],
    ["GET", "cursor"],
    ["DELETE", "scope"],
  ] as const) {
    const answer = await call(method, `/account/sessions?${name}=${token}`, { token });
    expect([answer.status, answer.json], name).toMatchObject([400, { errorCode: "EC008" }]);
    expect(answer.text).not.toContain("eyJ");
  }
});

test("a name is measured after trimming, in characters", async () => {
  const { call, sessions } = openApp();
  const { session, tokens } = await sessions.start(user);
  const rename = async (name: string): Promise<unknown> =>
    (
      await call("PATCH", `/account/sessions/${session.id}`, {
        token: tokens.accessToken.token,
        body: { name },
      })
    ).json;
  expect(await rename(`${" ".repeat(1000)}iPad${" ".repeat(1000)}`)).toMatchObject({
    session: { name: "iPad" },
  });
  expect(await rename("😀".repeat(64))).toMatchObject({ session: { name: "😀".repeat(64) } });
  expect(await rename("😀".repeat(65))).toMatchObject({ errorCode: "EC008" });
});

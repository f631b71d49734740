import { createSessions } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { open, refreshToken, refusal, user } from "../support/sessions.js";

// OWASP ASVS 5.0, V7.2: how sessions are proven.

test("7.2.1: the server decides, and nothing that a client says of itself counts", async () => {
  const { sessions } = open();
  const { tokens, session } = await sessions.start(user);
  const [header = "", payload = "", signature = ""] = tokens.accessToken.token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  const altered = Buffer.from(JSON.stringify({ ...claims, sub: "grace" })).toString("base64url");
  expect((await refusal(sessions.verify(`${header}.${altered}.${signature}`))).reason).toBe(
    "forged",
  );
  // The id of a session, which lists show, proves nothing.
  expect((await refusal(sessions.verify(session.id))).code).toBe("credential_invalid");
  expect((await refusal(sessions.refresh(session.id))).code).toBe("credential_invalid");
});

test("7.2.2: tokens are made for each session and each refresh, and none is a fixed secret", async () => {
  const { sessions } = open();
  const seen = new Set<string>();
  for (let n = 0; n < 10; n += 1) {
    const { tokens } = await sessions.start(user);
    const again = await sessions.refresh(tokens.refreshToken.token);
    for (const { accessToken, refreshToken: other } of [tokens, again.tokens]) {
      seen.add(accessToken.token).add(other.token);
    }
  }
  expect(seen.size).toBe(40);
});

test("7.2.3: ids and API keys are random, and no token can be made without the secret", async () => {
  const { sessions } = open({ kinds: { key: { refresh: false, prefix: "acme" } } });
  const made = await Promise.all(Array.from({ length: 200 }, () => sessions.start(user)));
  const ids = made.map(({ session }) => session.id);
  expect(new Set(ids).size).toBe(200);
  for (const id of ids) {
    // 122 random bits (RFC 9562 §5.4). On top of it comes a MAC of 128 bits or more.
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  const mac =
    refreshToken(made[0] ?? expect.unreachable())
      .split(".")
      .at(-1) ?? "";
  expect(Buffer.from(mac, "base64url").length).toBeGreaterThanOrEqual(16);
  const { token } = await sessions.createApiKey(user, { name: "CI", scopes: [] });
  // The id and 256 random bits in base 62.
  expect(token).toMatch(/^acme_[0-9A-Za-z]{71}$/);

  // Whoever has the database, and another secret, makes nothing that passes.
  const store = memory();
  const theirs = createSessions({ store, secret: "f".repeat(32) });
  const forged = await theirs.start(user);
  const ours = open({ store }).sessions;
  expect((await refusal(ours.refresh(refreshToken(forged)))).code).toBe("credential_invalid");
  await theirs.close();
});

test("7.2.4: each authentication gives a new token, and the former one is dead", async () => {
  const { sessions } = open({ levels: { aal1: {}, aal2: {} } });
  const first = await sessions.start(user, { level: "aal1" });
  const principal = await sessions.verify(first.tokens.accessToken.token);
  const raised = await sessions.reauthenticate(principal, {
    methods: ["pwd", "otp"],
    level: "aal2",
  });
  expect((await sessions.verify(raised.tokens.accessToken.token)).level).toBe("aal2");
  expect((await refusal(sessions.verify(first.tokens.accessToken.token))).code).toBe(
    "credential_invalid",
  );
  expect((await refusal(sessions.refresh(refreshToken(first)))).reason).toBe("superseded");

  // A sign-in in the same browser replaces the session that was there (no fixation).
  const second = await sessions.start(user, {
    replaces: { refreshToken: refreshToken(raised) },
    level: "aal1",
  });
  expect(second.session.id).not.toBe(first.session.id);
  expect((await refusal(sessions.verify(raised.tokens.accessToken.token))).reason).toBe("revoked");
});

import { expect, test } from "vitest";
import { open, refreshToken, refusal, user } from "../support/sessions.js";

// OWASP ASVS 5.0, V7.3: sessions end by themselves.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test("7.3.1: a session that nobody uses ends, and one that is used does not", async () => {
  const { sessions, clock } = open({ levels: { aal2: "nist-aal2" } });
  const idle = await sessions.start(user, { level: "aal2" });
  const used = await sessions.start(user, { level: "aal2" });
  let latest = used;
  for (let n = 0; n < 4; n += 1) {
    clock.advance(20 * MINUTE);
    latest = await sessions
      .refresh(refreshToken(latest))
      .then((answer) => ({ ...used, ...answer }));
  }
  expect((await refusal(sessions.refresh(refreshToken(idle)))).reason).toBe("expired");
  expect(await sessions.verify(latest.tokens.accessToken.token)).toMatchObject({ user });
});

test("7.3.2: no use keeps a session beyond its absolute limit", async () => {
  const { sessions, clock } = open({ levels: { aal3: "nist-aal3" } });
  let { tokens } = await sessions.start(user, { level: "aal3" });
  const step = 10 * MINUTE;
  for (let age = step; age < 12 * HOUR; age += step) {
    clock.advance(step);
    ({ tokens } = await sessions.refresh(tokens.refreshToken.token));
  }
  clock.advance(step);
  expect((await refusal(sessions.refresh(tokens.refreshToken.token))).reason).toBe("expired");
  expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("expired");
});

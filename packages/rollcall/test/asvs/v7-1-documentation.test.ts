import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { open, refusal, user } from "../support/sessions.js";

// OWASP ASVS 5.0, V7.1: what the documentation says of sessions is what they do.

const docs = join(import.meta.dirname, "../../../../docs");
const page = (name: string): Promise<string> => readFile(join(docs, name), "utf8");

const DAY = 86_400_000;

test("7.1.1: the limits that the documentation names are those of a session", async () => {
  const configuration = await page("configuration.md");
  const byDefault = (option: string): string =>
    new RegExp(`^\\| \`${option}\` \\| [^|]+ \\| "([^"]+)"`, "m").exec(configuration)?.[1] ?? "";
  expect([byDefault("idleTimeout"), byDefault("absoluteTimeout")]).toEqual(["7d", "30d"]);
  const { sessions, clock } = open();
  const { session } = await sessions.start(user);
  expect(session.expiresAt.getTime() - clock.now()).toBe(7 * DAY);
  expect(session.absoluteExpiresAt.getTime() - clock.now()).toBe(30 * DAY);

  // Whoever follows NIST takes its limits by name, and need not justify any.
  const stepUp = await page("step-up.md");
  for (const [preset, absolute, idle] of [
    ["nist-aal1", "30 days", ""],
    ["nist-aal2", "24 hours", "1 hour"],
    ["nist-aal3", "12 hours", "15 minutes"],
  ]) {
    expect(stepUp).toContain(`| \`${preset}\` | ${absolute} | ${idle}`.trimEnd());
  }
});

test("7.1.2: how many sessions an account may have, and what happens at the limit, is as written", async () => {
  expect(await page("contract-sessions.md")).toContain("### 2.6 The limit of sessions");
  const evicting = open({ maxPerUser: 2 });
  const first = await evicting.sessions.start(user);
  for (let n = 0; n < 2; n += 1) {
    evicting.clock.advance(1000);
    await evicting.sessions.start(user);
  }
  expect(await evicting.sessions.get(user, first.session.id)).toMatchObject({
    revokedReason: "evicted",
  });
  const refusing = open({ maxPerUser: 1, onLimit: "refuse" });
  await refusing.sessions.start(user);
  expect((await refusal(refusing.sessions.start(user))).code).toBe("session_limit");
});

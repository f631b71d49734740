import type { SessionsOptions } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { readLevels } from "../../src/core/levels.js";
import { readOptions } from "../../src/core/options.js";
import { open, refreshToken, refusal, secret, user } from "../support/sessions.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FAR = 36_500 * DAY;

const NIST = { aal1: "nist-aal1", aal2: "nist-aal2", aal3: "nist-aal3" } as const;

test("the presets are those of SP 800-63B-4", () => {
  const levels = readLevels(NIST);
  expect(levels.names).toEqual(["aal1", "aal2", "aal3"]);
  expect(levels.limitsOf("aal1")).toEqual({ idleTimeout: FAR, absoluteTimeout: 30 * DAY });
  expect(levels.limitsOf("aal2")).toEqual({ idleTimeout: HOUR, absoluteTimeout: DAY });
  expect(levels.limitsOf("aal3")).toEqual({ idleTimeout: HOUR / 4, absoluteTimeout: 12 * HOUR });
  for (const unknown of [null, "", "aal4", "toString"]) {
    expect(levels.limitsOf(unknown)).toEqual({ idleTimeout: FAR, absoluteTimeout: FAR });
  }
  expect(readLevels(undefined).names).toEqual([]);
});

/** As a program without a compiler gives them. */
const MISTAKES: readonly (readonly [json: string, message: RegExp])[] = [
  ['["aal1"]', /^levels must be an object, such as \{ aal1: "nist-aal1" \}/],
  ['"nist-aal1"', /^levels must be an object/],
  ['{"aal1":"nist-aal4"}', /^levels\.aal1 must be one of "nist-aal1", .*or an object/],
  ['{"aal1":3}', /^levels\.aal1 must be one of/],
  ['{"aal1":{"idleTimeout":"1x"}}', /^levels\.aal1\.idleTimeout must be a duration/],
  ['{"aal1":{"absoluteTimeout":0}}', /^levels\.aal1\.absoluteTimeout must be a duration/],
  ['{"aal 1":{}}', /^levels: a name must be 1 to 64 printable ASCII characters/],
  ['{"a\\"b":{}}', /^levels: a name/],
  ['{"":{}}', /^levels: a name/],
  ['{"2":{}}', /^levels: a name .* more than digits/],
  ['{"aal1":{"idleTimeout":"3s"}}', /^each level's idleTimeout must be at least 4s/],
];

test.each(MISTAKES)("levels %s are refused at construction, by name", (json, message) => {
  const levels: NonNullable<SessionsOptions["levels"]> = JSON.parse(json);
  expect(() => readOptions({ store: memory(), secret, levels })).toThrow(TypeError);
  expect(() => readOptions({ store: memory(), secret, levels })).toThrow(message);
});

test("what is not given shrinks with the shortest idle timeout, what is given is refused", () => {
  const levels = { short: { idleTimeout: "1m" }, long: "nist-aal1" } as const;
  const read = (options: Partial<SessionsOptions> = {}) =>
    readOptions({ store: memory(), secret, levels, ...options });
  expect(read()).toMatchObject({
    touchInterval: 15_000,
    retryWindow: 7500,
    accessTokenTtl: 600_000,
  });
  expect(() => read({ touchInterval: "20s" })).toThrow(/^touchInterval must be at most a quarter/);
  expect(() => read({ retryWindow: "15s" })).toThrow(/^retryWindow must be shorter than a quarter/);
});

test("a session has the smaller of both limits: its own and those of its level", async () => {
  const { sessions, clock } = open({ levels: NIST, absoluteTimeout: "20h" });
  const now = clock.now();
  const plain = await sessions.start(user);
  expect(plain.session).toMatchObject({
    level: null,
    absoluteExpiresAt: new Date(now + 20 * HOUR),
  });
  const first = await sessions.start(user, { level: "aal1" });
  expect(first.session.absoluteExpiresAt).toEqual(new Date(now + 20 * HOUR));
  const second = await sessions.start(user, { level: "aal2" });
  expect(second.session.absoluteExpiresAt).toEqual(new Date(now + 20 * HOUR));
  expect(second.session.expiresAt).toEqual(new Date(now + HOUR));
  const third = await sessions.start(user, { level: "aal3" });
  expect(third.session.absoluteExpiresAt).toEqual(new Date(now + 12 * HOUR));
  expect(third.session.expiresAt).toEqual(new Date(now + HOUR / 4));
});

test("no access token lives longer than a quarter of its session's idle timeout", async () => {
  const { sessions, clock } = open({ levels: NIST });
  const { tokens } = await sessions.start(user, { level: "aal3" });
  expect(tokens.accessToken.expiresIn).toBe(225);
  clock.advance(224_000);
  const renewed = await sessions.refresh(tokens.refreshToken.token);
  expect(renewed.tokens.accessToken.expiresIn).toBe(225);
  expect(renewed.session.expiresAt.getTime()).toBe(clock.now() + HOUR / 4);
});

test("an idle session at a level ends by its limit, one in use by none", async () => {
  const { sessions, clock } = open({ levels: NIST });
  const idle = await sessions.start(user, { level: "aal3" });
  let used = await sessions.start(user, { level: "aal3" });
  for (let minutes = 0; minutes < 12 * 60 - 4; minutes += 4) {
    clock.advance(4 * 60_000);
    used = await sessions.refresh(refreshToken(used));
  }
  expect((await refusal(sessions.refresh(refreshToken(idle)))).reason).toBe("expired");
  expect(used.session.expiresAt).toEqual(used.session.absoluteExpiresAt);
  clock.advance(4 * 60_000);
  expect((await refusal(sessions.refresh(refreshToken(used)))).reason).toBe("expired");
});

test("a level's limit counts from the authentication, and refuses what has passed it", async () => {
  const { sessions, clock } = open({ levels: NIST });
  const now = clock.now();
  const authenticatedAt = new Date(now - 23 * HOUR);
  const { session } = await sessions.start(user, { level: "aal2", authenticatedAt });
  expect(session.absoluteExpiresAt).toEqual(new Date(now + HOUR));
  const late = { level: "aal2", authenticatedAt: new Date(now - DAY) };
  expect(await refusal(sessions.start(user, late))).toMatchObject({
    code: "reauthentication_required",
    required: { level: "aal2", maxAge: 86_400 },
  });
  expect(
    (await sessions.start(user, { authenticatedAt: late.authenticatedAt })).session.level,
  ).toBeNull();
});

test("a level that nobody knows is refused before anything is written", async () => {
  const { sessions } = open({ levels: NIST });
  for (const level of ["aal4", "AAL2", "", "__proto__"]) {
    await expect(sessions.start(user, { level })).rejects.toThrow(
      /^level must be one of "aal1", "aal2", "aal3"/,
    );
  }
  await expect(open().sessions.start(user, { level: "aal1" })).rejects.toThrow(
    /^level needs levels in createSessions/,
  );
  expect((await sessions.list(user)).sessions).toEqual([]);
  expect(sessions.levels).toEqual(["aal1", "aal2", "aal3"]);
});

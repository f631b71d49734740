import type { KindOptions, Session, SessionsOptions } from "rollcall";
import { createKeyRing, createSessions } from "rollcall";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { readOptions } from "../../src/core/options.js";
import { open, refreshToken, refusal, secret, user } from "../support/sessions.js";

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const kinds = {
  browser: { persistent: false },
  remembered: { idleTimeout: "30d", absoluteTimeout: "180d" },
  kiosk: { persistent: false, idleTimeout: "2d" },
  key: { refresh: false, prefix: "acme" },
} as const satisfies NonNullable<SessionsOptions["kinds"]>;

/** How long a session may be idle, and how long it may live, in milliseconds. */
function limits({ createdAt, expiresAt, absoluteExpiresAt }: Session): readonly number[] {
  return [
    expiresAt.getTime() - createdAt.getTime(),
    absoluteExpiresAt.getTime() - createdAt.getTime(),
  ];
}

test("a kind has limits and cookies of its own; what it leaves out is as without a kind", async () => {
  const { sessions } = open({ kinds });
  for (const [kind, persistent, idle, absolute] of [
    [undefined, true, 7 * DAY, 30 * DAY],
    ["browser", false, DAY, 30 * DAY],
    ["remembered", true, 30 * DAY, 180 * DAY],
    ["kiosk", false, 2 * DAY, 30 * DAY],
  ] as const) {
    const { session } = await sessions.start(user, kind === undefined ? {} : { kind });
    expect([session.kind, session.persistent, ...limits(session)], kind).toEqual([
      kind ?? null,
      persistent,
      idle,
      absolute,
    ]);
  }
});

test("persistent of the sign-in takes the place of the kind's", async () => {
  const { sessions } = open({ kinds });
  const kept = await sessions.start(user, { kind: "browser", persistent: true });
  expect([kept.session.persistent, ...limits(kept.session)]).toEqual([true, 7 * DAY, 30 * DAY]);
  const short = await sessions.start(user, { kind: "remembered", persistent: false });
  expect([short.session.persistent, ...limits(short.session)]).toEqual([false, DAY, 180 * DAY]);
});

test("the kind stays through refreshes, and is in the token, the list and the principal", async () => {
  const { sessions, clock } = open({ kinds });
  let answer:
    | Awaited<ReturnType<typeof sessions.start>>
    | Awaited<ReturnType<typeof sessions.refresh>> = await sessions.start(user, {
    kind: "remembered",
  });
  for (let day = 0; day < 40; day += 20) {
    clock.advance(20 * DAY);
    answer = await sessions.refresh(refreshToken(answer));
  }
  expect(answer.session.kind).toBe("remembered");
  expect((await sessions.verify(answer.tokens.accessToken.token)).kind).toBe("remembered");
  expect((await sessions.list(user)).sessions.map(({ kind }) => kind)).toEqual(["remembered"]);
  expect((await sessions.verifyRefreshToken(refreshToken(answer))).kind).toBe("remembered");
});

test("no chain of refreshes outlives the absolute limit of the kind", async () => {
  const { sessions, clock } = open({ kinds: { short: { absoluteTimeout: "2d" } } });
  const signIn = await sessions.start(user, { kind: "short" });
  clock.advance(DAY);
  const once = await sessions.refresh(refreshToken(signIn));
  clock.advance(DAY - SECOND);
  const twice = await sessions.refresh(refreshToken(once));
  clock.advance(SECOND);
  expect((await refusal(sessions.refresh(refreshToken(twice)))).reason).toBe("expired");
});

test("a kind that nobody has defined, or that has API keys, is refused before anything is written", async () => {
  const { sessions } = open({ kinds });
  for (const kind of ["mobile", "", "toString", "__proto__", "key"]) {
    await expect(sessions.start(user, { kind }), kind).rejects.toThrow(/^kind must be one of/);
  }
  await expect(open().sessions.start(user, { kind: "web" })).rejects.toThrow(
    /^kind must be one of/,
  );
  expect((await sessions.list(user)).sessions).toEqual([]);
});

test("claimsFor is told the kind before the session is stored", async () => {
  const told: unknown[] = [];
  const { sessions } = open({
    kinds,
    claimsFor(_user, { kind }) {
      told.push(kind);
      return {};
    },
  });
  await sessions.start(user, { kind: "remembered" });
  expect(told).toEqual(["remembered"]);
});

test("a kind with a cap of its own takes nobody's place, and nobody takes its", async () => {
  const { sessions, clock } = open({
    maxPerUser: 2,
    kinds: { mobile: { maxPerUser: 1 }, browser: {} },
  });
  const started: Record<string, string> = {};
  for (const [name, kind] of [
    ["phone", "mobile"],
    ["first", undefined],
    ["second", "browser"],
    ["third", undefined],
    ["tablet", "mobile"],
  ] as const) {
    const { session } = await sessions.start(user, kind === undefined ? {} : { kind });
    started[session.id] = name;
    clock.advance(SECOND);
  }
  const left = (await sessions.list(user)).sessions.map(({ id }) => started[id]);
  expect(left).toEqual(["tablet", "third", "second"]);
});

test("the cap of a kind may depend on the user, and may be none", async () => {
  const { sessions } = open({
    maxPerUser: 1,
    kinds: {
      mobile: { maxPerUser: ({ id }) => (id === "ada" ? 2 : 1) },
      cli: { maxPerUser: Number.POSITIVE_INFINITY },
    },
  });
  const of = async (id: string): Promise<number> =>
    (await sessions.list({ type: "user", id })).sessions.length;
  for (const id of ["ada", "grace"]) {
    for (let round = 0; round < 3; round += 1) {
      await sessions.start({ type: "user", id }, { kind: "mobile" });
      await sessions.start({ type: "user", id }, { kind: "cli" });
    }
  }
  expect([await of("ada"), await of("grace")]).toEqual([5, 4]);
});

test("a key of the ring stays needed for as long as the longest kind may be idle", async () => {
  const keys = createKeyRing([
    { id: "old", secret },
    { id: "new", secret: `${secret}!`, signsFrom: new Date("2026-01-02T00:00:00Z") },
  ]);
  const { sessions, clock } = open({ keys, kinds });
  const signIn = await sessions.start(user, { kind: "remembered" });
  clock.advance(9 * DAY);
  expect(() => keys.drop("old")).toThrow(/may still be alive/);
  await sessions.refresh(refreshToken(signIn));
  clock.advance(23 * DAY);
  keys.drop("old");
  expect(keys.ids).toEqual(["new"]);
});

const bad: readonly (readonly [kinds: object, message: RegExp])[] = [
  [[], /^kinds must be an object/],
  [{ "": {} }, /^kinds: a name must be/],
  [{ "a b": {} }, /^kinds: a name must be/],
  [{ web: null }, /^kinds\.web must be an object/],
  [{ web: { idletimeout: "1d" } }, /^kinds\.web\.idletimeout is not an option/],
  [{ web: { idleTimeout: "1dd" } }, /^kinds\.web\.idleTimeout must be a duration/],
  [{ web: { absoluteTimeout: 0 } }, /^kinds\.web\.absoluteTimeout must be a duration/],
  [{ web: { idleTimeout: "39m" } }, /^kinds\.web\.idleTimeout must be at least four times accessT/],
  [{ web: { persistent: "no" } }, /^kinds\.web\.persistent must be true or false/],
  [{ web: { maxPerUser: 0 } }, /^kinds\.web\.maxPerUser must be/],
  [{ web: { refresh: 1 } }, /^kinds\.web\.refresh must be true or false/],
  [{ web: { prefix: "acme" } }, /^kinds\.web\.prefix needs refresh: false/],
  [{ key: { refresh: false } }, /^kinds\.key\.prefix must be 2 to 24/],
  [{ key: { refresh: false, prefix: "eyJ" } }, /^kinds\.key\.prefix must be 2 to 24/],
  [
    { key: { refresh: false, prefix: "acme", persistent: true } },
    /^kinds\.key\.persistent must be/,
  ],
  [
    { key: { refresh: false, prefix: "acme" }, other: { refresh: false, prefix: "acme" } },
    /^kinds\.other\.prefix must not be that of kinds\.key/,
  ],
];

test("bad kinds are refused when the manager is made, by name", () => {
  for (const [given, message] of bad) {
    // As callers without types may.
    const options: { kinds: Record<string, KindOptions> } = Object.assign(Object.create(null), {
      kinds: given,
    });
    expect(
      () => createSessions({ store: memory(), secret, ...options }),
      JSON.stringify(given),
    ).toThrow(message);
  }
});

test("what the application does to its object later changes nothing", async () => {
  const given: Record<string, KindOptions> = { mobile: { idleTimeout: "14d" } };
  const { sessions } = open({ kinds: given });
  given["late"] = {};
  Object.assign(given["mobile"] ?? {}, { idleTimeout: "1h" });
  const { session } = await sessions.start(user, { kind: "mobile" });
  expect(limits(session)[0]).toBe(14 * DAY);
  await expect(sessions.start(user, { kind: "late" })).rejects.toThrow(/^kind must be one of/);
});

test("contract §7.1: API keys have no end and no idle limit unless the kind says so", () => {
  const read = readOptions({
    store: memory(),
    secret,
    kinds: {
      ...kinds,
      short: { refresh: false, prefix: "tmp", idleTimeout: "1d", absoluteTimeout: "90d" },
    },
  }).kinds;
  expect(read.get("key")).toMatchObject({
    idleTimeout: 36_500 * DAY,
    absoluteTimeout: 36_500 * DAY,
  });
  expect(read.get("short")).toMatchObject({
    idleTimeout: DAY,
    absoluteTimeout: 90 * DAY,
    countsAlone: true,
  });
});

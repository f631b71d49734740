import { memory } from "rollcall/memory";
import { manualClock } from "rollcall/testing";
import { expect, onTestFinished, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import { Auth, authEvents, authService, createWarlockApp, RefreshToken } from "../src/index.js";

let isThere = true;
let isReachable = true;

class User extends Auth {
  get userType(): string {
    return "user";
  }
  static override find(id: string | number): Promise<User | null> {
    if (!isReachable) return Promise.reject(new Error("the users' database is away"));
    return Promise.resolve(isThere ? new User({ id: Number(id) }) : null);
  }
}

const user = new User({ id: 7 });
const NAMES = ["token.familyRevoked", "token.revoked", "session.destroyed"] as const;

interface Alarms {
  readonly heard: unknown[][];
  readonly failures: unknown[];
  /** The session's id, and a refresh token of it that has been superseded for long. */
  readonly id: string;
  readonly superseded: string;
  readonly current: string;
}

async function open(): Promise<Alarms> {
  const clock = manualClock();
  const failures: unknown[] = [];
  const app = createWarlockApp({
    auth: { userType: { user: User } },
    store: memory(),
    secret,
    clock,
    onError: (error) => void failures.push(error),
  });
  onTestFinished(() => app.close());
  onTestFinished(() => authEvents.unsubscribeAll());
  const heard: unknown[][] = [];
  isThere = true;
  isReachable = true;
  const first = await user.createTokenPair();
  const superseded = first.refreshToken?.token ?? "";
  let current = superseded;
  for (let i = 0; i < 2; i++) {
    clock.advance(60_000);
    current = (await authService.refreshTokens(current))?.refreshToken?.token ?? "";
  }
  clock.advance(60_000);
  const [row = expect.unreachable()] = await user.activeSessions();
  authEvents.on("token.familyRevoked", (id, rows) => {
    heard.push(["token.familyRevoked", id, rows.map(({ isRevoked }) => isRevoked)]);
  });
  authEvents.on(
    "token.revoked",
    (owner, { id }) => void heard.push(["token.revoked", owner.id, id]),
  );
  authEvents.on("session.destroyed", (owner, { id }) => {
    heard.push(["session.destroyed", owner.id, id]);
  });
  return { heard, failures, id: row.id, superseded, current };
}

const whole = (id: string): unknown[] => [
  [NAMES[0], id, [true]],
  [NAMES[1], 7, id],
  [NAMES[2], 7, id],
];

test("a superseded token that is refreshed raises each of the package's alarms, once", async () => {
  const { heard, id, superseded, current } = await open();
  expect(await authService.refreshTokens(superseded)).toBeNull();
  await expect.poll(() => heard).toEqual(whole(id));
  expect(await authService.refreshTokens(current)).toBeNull();
  expect(await authService.refreshTokens(superseded)).toBeNull();
  await new Promise(setImmediate);
  expect(heard).toEqual(whole(id));
});

test.each<[string, (token: string) => Promise<unknown>]>([
  ["looked up", (token) => RefreshToken.findByToken(token)],
  ["looked up for its user", (token) => RefreshToken.findForUser(user, token)],
  ["taken away", (token) => user.removeRefreshToken(token)],
  ["signed out with", (token) => authService.logout(user, null, token)],
])("a superseded token that is %s raises them, too", async (_how, present) => {
  const { heard, id, superseded, current } = await open();
  await present(superseded);
  await expect.poll(() => heard).toEqual(whole(id));
  expect(await authService.refreshTokens(current)).toBeNull();
});

test("without its owner the alarm goes out all the same", async () => {
  const gone = await open();
  isThere = false;
  await authService.refreshTokens(gone.superseded);
  await expect.poll(() => gone.heard).toEqual([[NAMES[0], gone.id, [true]]]);
  const away = await open();
  isReachable = false;
  await authService.refreshTokens(away.superseded).catch(() => {});
  await expect.poll(() => away.heard).toEqual([[NAMES[0], away.id, [true]]]);
  await expect.poll(() => away.failures.length).toBe(1);
});

test("what is no theft raises none", async () => {
  const { heard, current } = await open();
  expect(await authService.refreshTokens("forged")).toBeNull();
  expect(await RefreshToken.findByToken("forged")).toBeNull();
  await authService.refreshTokens(current);
  await authService.refreshTokens(current);
  await new Promise(setImmediate);
  expect(heard).toEqual([]);
});

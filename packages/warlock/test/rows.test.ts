import type { SessionStore } from "rollcall";
import { memory } from "rollcall/memory";
import { type ManualClock, manualClock } from "rollcall/testing";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import {
  Auth,
  authEvents,
  authMiddleware,
  authService,
  createWarlockApp,
  RefreshToken,
  router,
  type WarlockApp,
  type WarlockAppOptions,
} from "../src/index.js";

class User extends Auth {
  get userType(): string {
    return "user";
  }
  static override async find(id: string | number): Promise<User> {
    return new User({ id: Number(id) });
  }
}

const user = new User({ id: 7 });
const other = new User({ id: 8 });
const DAY = 86_400_000;
let clock: ManualClock;
let store: SessionStore;
let app: WarlockApp;

function open(options: Partial<WarlockAppOptions> = {}): void {
  clock = manualClock();
  store = memory();
  app = createWarlockApp({
    auth: { userType: { user: User } },
    store,
    secret,
    clock,
    ...options,
  });
  onTestFinished(() => app.close());
}

beforeEach(() => {
  open();
  onTestFinished(() => authEvents.unsubscribeAll());
});

router.get("/rows/alive", () => ({}), { middleware: authMiddleware("user") });

async function isAlive(token: string): Promise<boolean> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await app.fetch(new Request("http://app.example/rows/alive", { headers }));
  return answer.status === 200;
}

const refreshOf = ({ refreshToken }: { refreshToken?: { token: string } }): string =>
  refreshToken?.token ?? "";

test("a row is found by its token while that is good, and for its own user", async () => {
  const pair = await user.createTokenPair();
  const row = await RefreshToken.findByToken(refreshOf(pair));
  expect(row?.isValid).toBe(true);
  const own = await RefreshToken.findForUser(user, refreshOf(pair));
  expect([own?.id, own?.get("user_id")]).toEqual([row?.id, 7]);
  expect(await RefreshToken.findForUser(other, refreshOf(pair))).toBeNull();
  expect(await RefreshToken.findByToken("garbage")).toBeNull();
  await own?.revoke();
  expect(await RefreshToken.findByToken(refreshOf(pair))).toBeNull();
});

test("all rows of a user are ended, and given back as ended", async () => {
  const pair = await user.createTokenPair();
  await user.createTokenPair();
  const others = await other.createTokenPair();
  expect(await RefreshToken.activeFor(user)).toHaveLength(2);
  const rows = await RefreshToken.revokeAllFor(user);
  expect(rows.map((row) => row.isRevoked)).toEqual([true, true]);
  expect(await RefreshToken.activeFor(user)).toEqual([]);
  expect(await isAlive(pair.accessToken.token)).toBe(false);
  expect(await isAlive(others.accessToken.token)).toBe(true);
});

test("a family is ended once, and what was ended is told each time", async () => {
  const told: unknown[] = [];
  authEvents.on("token.familyRevoked", (id, rows) => {
    told.push([id, rows.map((row) => row.id)]);
  });
  await user.createTokenPair();
  const [row = expect.unreachable()] = await user.activeSessions();
  for (const id of [row.id, row.id, "unknown"]) await authService.revokeTokenFamily(id);
  expect(told).toEqual([
    [row.id, [row.id]],
    [row.id, []],
    ["unknown", []],
  ]);
});

test("each way to take away a token ends its session, of its own user only", async () => {
  for (const take of [
    (who: User, _access: string, refresh: string) => who.removeRefreshToken(refresh),
    (who: User) => who.removeAllAccessTokens(),
  ]) {
    const pair = await user.createTokenPair();
    const { token } = pair.accessToken;
    await take(other, token, refreshOf(pair));
    expect(await isAlive(token)).toBe(true);
    await take(user, token, refreshOf(pair));
    expect(await isAlive(token)).toBe(false);
    expect(await authService.refreshTokens(refreshOf(pair))).toBeNull();
  }
});

test("an access token that is taken away is refused, and nothing else is", async () => {
  const pair = await user.createTokenPair();
  const { token } = pair.accessToken;
  await other.removeAccessToken(token);
  expect(await isAlive(token)).toBe(true);
  await user.removeAccessToken(token);
  expect(await isAlive(token)).toBe(false);
  expect(await user.activeSessions()).toHaveLength(1);
  await user.removeAccessToken(token);
  const next = await authService.refreshTokens(refreshOf(pair));
  expect(await isAlive(next?.accessToken.token ?? "")).toBe(true);
  expect(await isAlive(token)).toBe(false);
  // Signing out with it ends nothing: it proves nobody any more.
  await authService.logout(user, token, "garbage");
  expect(await user.activeSessions()).toHaveLength(1);
});

test("an access token alone has a session of its own", async () => {
  const { token, expiresAt } = await authService.generateAccessToken(user, { id: 8 });
  expect(Date.parse(expiresAt) - clock.now()).toBe(3_600_000);
  expect(await isAlive(token)).toBe(true);
  const [row] = await user.activeSessions();
  await row?.revoke();
  expect(await isAlive(token)).toBe(false);
});

test("all sessions are listed, however many, newest first", async () => {
  open({ auth: { userType: { user: User }, refreshToken: { maxPerUser: 1000 } } });
  for (let i = 0; i < 103; i++) {
    await user.createTokenPair({ deviceId: String(i) });
    clock.advance(1000);
  }
  const devices = (await authService.getActiveSessions(user)).map(
    (row) => row.get("device_info").deviceId,
  );
  expect(devices).toEqual(Array.from({ length: 103 }, (_, i) => String(102 - i)));
});

test("a refresh notes when and from where, and moves the end of the row", async () => {
  const pair = await user.createTokenPair({ ip: "192.0.2.1" });
  const [before = expect.unreachable()] = await user.activeSessions();
  expect([before.get("last_used_at"), before.get("expires_at")]).toEqual([
    new Date(clock.now()),
    new Date(clock.now() + 7 * DAY),
  ]);
  clock.advance(2 * DAY);
  const at = clock.now();
  const seen = { ip: "192.0.2.9", userAgent: "changed" };
  await authService.refreshTokens(refreshOf(pair), seen);
  const [after = expect.unreachable()] = await user.activeSessions();
  expect([after.id, after.get("last_used_at"), after.get("expires_at")]).toEqual([
    before.id,
    new Date(at),
    new Date(at + 7 * DAY),
  ]);
  const [stored] = await store.list({ type: "user", id: "7" }, { limit: 1, after: null, now: at });
  expect([after.get("device_info"), stored?.lastIp]).toEqual([{ ip: "192.0.2.1" }, "192.0.2.9"]);
});

test("a row that has run out says so, and is forgotten in time", async () => {
  await user.createTokenPair();
  const [row = expect.unreachable()] = await user.activeSessions();
  clock.advance(7 * DAY - 1);
  expect([row.isExpired, row.isValid]).toEqual([false, true]);
  clock.advance(1);
  expect([row.isExpired, row.isRevoked, row.isValid]).toEqual([true, false, false]);
  const counts: number[] = [];
  authEvents.on("cleanup.completed", (count) => void counts.push(count));
  expect(await authService.cleanupExpiredTokens()).toBe(0);
  clock.advance(60 * DAY);
  expect(await authService.cleanupExpiredTokens()).toBe(1);
  expect(counts).toEqual([0, 1]);
});

/** For how many days a session lives that is used each day. */
async function daysOf(): Promise<number> {
  let pair = await user.createTokenPair();
  for (let day = 0; day < 400; day++) {
    clock.advance(DAY);
    const next = await authService.refreshTokens(refreshOf(pair));
    if (next === null) return day;
    pair = next;
  }
  return Number.POSITIVE_INFINITY;
}

test("however much it is used, a session ends thirty days after its sign-in, or as told", async () => {
  expect(await daysOf()).toBe(29);
  open({ absoluteTimeout: { days: 90 } });
  expect(await daysOf()).toBe(89);
  open({ auth: { userType: { user: User }, refreshToken: { expiresIn: "45d" } } });
  expect(await daysOf()).toBe(44);
  expect(() => open({ absoluteTimeout: "soon" })).toThrow(/^absoluteTimeout must be/);
});

import { expect, test } from "vitest";
import {
  AccessToken,
  authMiddleware,
  authService,
  NO_EXPIRATION,
  RefreshToken,
  router,
} from "../../src/index.js";
import { open, refreshOf, SECRET, User, user } from "./support.js";

// The rows of the README's table that are about sessions and tokens, each under its own name.

const DAY = 86_400_000;

router.get("/differences/me", (request) => ({ says: request.decodedAccessToken }), {
  middleware: authMiddleware("user"),
});
const ME = "/differences/me";

test("Rows", async () => {
  open();
  const pair = await user.createTokenPair();
  const [before = expect.unreachable()] = await user.activeSessions();
  await authService.refreshTokens(refreshOf(pair));
  const [after] = await user.activeSessions();
  expect([after?.id, after?.get("family_id")]).toEqual([before.id, before.familyId]);
});

test("Rows made by hand", async () => {
  open();
  for (const name of ["issue", "create", "query", "enforceMax"])
    expect(name in RefreshToken).toBe(false);
  await user.createTokenPair();
  const [row = expect.unreachable()] = await user.activeSessions();
  expect("revokeIfActive" in row).toBe(false);
  await row.destroy();
  expect([row.isRevoked, await user.activeSessions()]).toEqual([true, []]);
});

test("RefreshToken.first", async () => {
  open();
  const token = refreshOf(await user.createTokenPair());
  const row = await RefreshToken.first({ token });
  const more = { token, user_id: 7, user_type: "user" };
  expect((await RefreshToken.first(more))?.get("user_id")).toBe(7);
  for (const wrong of [{ user_id: 8 }, { user_type: "staff" }, { token: "garbage" }]) {
    expect(await RefreshToken.first({ ...more, ...wrong })).toBeNull();
  }
  await expect(RefreshToken.first({ id: row?.id })).rejects.toThrow(TypeError);
  const operator = RefreshToken.first({ token: { $ne: null } });
  await expect(operator).rejects.toMatchObject({ status: 400 });
});

test("findByToken", async () => {
  const { clock } = open();
  const token = refreshOf(await user.createTokenPair());
  expect(await RefreshToken.findByToken(token)).not.toBeNull();
  clock.advance(8 * DAY);
  expect(await RefreshToken.findByToken(token)).toBeNull();
});

test("Ids of users", async () => {
  open();
  const token = refreshOf(await user.createTokenPair());
  const ids = [await RefreshToken.findByToken(token), await RefreshToken.findForUser(user, token)];
  expect(ids.map((row) => row?.get("user_id"))).toEqual(["7", 7]);
});

test("Access tokens", async () => {
  const { clock } = open();
  const { token, expiresAt } = (await user.createTokenPair()).accessToken;
  const row = (await AccessToken.first({ token, user_type: "user" })) ?? expect.unreachable();
  expect([row.userId, row.userType, row.isExpired]).toEqual(["7", "user", false]);
  expect(row.get("expires_at").toISOString()).toBe(expiresAt);
  expect(JSON.stringify(row)).not.toContain(token);
  expect(await AccessToken.first({ token, user_type: "staff" })).toBeNull();
  await expect(AccessToken.first({ user_id: 7 })).rejects.toThrow("needs a token");
  clock.advance(3_600_000);
  expect([row.isExpired, await AccessToken.findByToken(token)]).toEqual([true, null]);
  expect(await AccessToken.purgeExpired()).toBe(0);
});

test("removeAccessToken", async () => {
  const first = open();
  const pair = await user.createTokenPair();
  const { token } = pair.accessToken;
  await user.removeAccessToken(token);
  expect((await first.as(token, ME))[0]).toBe(401);
  const next = await authService.refreshTokens(refreshOf(pair));
  expect((await first.as(next?.accessToken.token ?? "", ME))[0]).toBe(200);
  // As another process: the same store, and nothing that the first one keeps.
  const second = open({}, { store: first.store, clock: first.clock });
  expect((await second.as(token, ME))[0]).toBe(200);
  const [row] = await user.activeSessions();
  await row?.revoke();
  expect((await second.as(token, ME))[0]).toBe(401);
});

test("removeAllAccessTokens", async () => {
  open();
  const pair = await user.createTokenPair();
  await user.removeAllAccessTokens();
  expect(await authService.refreshTokens(refreshOf(pair))).toBeNull();
});

test("logout", async () => {
  const { as } = open();
  const pair = await user.createTokenPair();
  const next = await authService.refreshTokens(refreshOf(pair));
  await authService.logout(user, next?.accessToken.token, refreshOf(next));
  expect((await as(pair.accessToken.token, ME))[0]).toBe(401);
  const other = await user.createTokenPair();
  await user.removeRefreshToken(refreshOf(other));
  expect((await as(other.accessToken.token, ME))[0]).toBe(401);
});

test("A token alone", async () => {
  open();
  const row = (await user.generateRefreshToken()) ?? expect.unreachable();
  await user.generateAccessToken();
  expect(await user.activeSessions()).toHaveLength(2);
  expect((await RefreshToken.findByToken(row.get("token")))?.id).toBe(row.id);
  expect(JSON.stringify(row)).not.toContain(row.get("token"));
  const [stored] = (await user.activeSessions()).filter(({ id }) => id === row.id);
  expect(stored?.get("token")).toBeUndefined();
});

test("Payloads", async () => {
  const { as } = open();
  const payload = { id: 8, userType: "staff", team: { name: "blue" }, gone: undefined };
  const pair = await user.createTokenPair({ payload });
  const next = await authService.refreshTokens(refreshOf(pair));
  const alone = await user.generateAccessToken({ team: "red" });
  const says = { id: 7, userType: "user", team: { name: "blue" } };
  for (const { token } of [pair.accessToken, next?.accessToken ?? expect.unreachable()]) {
    expect(await as(token, ME)).toMatchObject([200, { says }]);
  }
  expect(await as(alone.token, ME)).toMatchObject([200, { says: { team: "red" } }]);
});

/** For how many days a session lives that is used each day. */
async function daysOf({ clock }: ReturnType<typeof open>): Promise<number> {
  let pair = await user.createTokenPair();
  for (let day = 0; day < 100; day++) {
    clock.advance(DAY);
    const next = await authService.refreshTokens(refreshOf(pair));
    if (next === null) return day;
    pair = next;
  }
  return 100;
}

test("The end of a session", async () => {
  expect(await daysOf(open())).toBe(29);
  expect(await daysOf(open({}, { absoluteTimeout: "60 days" }))).toBe(59);
});

test("rotation and algorithm", async () => {
  open({ accessToken: { algorithm: "HS512" }, refreshToken: { rotation: false } });
  const pair = await user.createTokenPair();
  const [header = ""] = pair.accessToken.token.split(".");
  expect(JSON.parse(Buffer.from(header, "base64url").toString())).toMatchObject({ alg: "HS256" });
  const next = await authService.refreshTokens(refreshOf(pair));
  expect(refreshOf(next)).not.toBe(refreshOf(pair));
});

test("NO_EXPIRATION", async () => {
  const { clock } = open({ accessToken: { expiresIn: NO_EXPIRATION } });
  const { expiresAt } = await user.generateAccessToken();
  expect(Date.parse(expiresAt) - clock.now()).toBe((7 * DAY) / 4);
});

test("A refresh token used twice", async () => {
  const { clock } = open();
  const pair = await user.createTokenPair();
  const next = await authService.refreshTokens(refreshOf(pair));
  expect(refreshOf(await authService.refreshTokens(refreshOf(pair)))).toBe(refreshOf(next));
  await authService.refreshTokens(refreshOf(next));
  clock.advance(60_000);
  expect(await authService.refreshTokens(refreshOf(pair))).toBeNull();
  expect(await user.activeSessions()).toEqual([]);
});

test("Secrets", async () => {
  expect(() => open({}, { secret: "short" })).toThrow("32 bytes");
  const { store, clock } = open({ refreshToken: { secret: `other ${SECRET}` } });
  const pair = await user.createTokenPair();
  open({ refreshToken: { secret: `third ${SECRET}` } }, { store, clock });
  expect(await authService.refreshTokens(refreshOf(pair))).not.toBeNull();
  expect(await User.find(7)).not.toBeNull();
});

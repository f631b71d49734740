import { hashSync } from "bcryptjs";
import { memory } from "rollcall/memory";
import { beforeEach, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import {
  Auth,
  type AuthEventName,
  authEvents,
  authService,
  createWarlockApp,
  type RefreshToken,
  type TokenPair,
} from "../src/index.js";

/** As the package hashes: bcrypt, of a password that somebody had before the switch. */
const hash = hashSync("right", 4);
const people = new Map([[7, { id: 7, email: "a@b.c", password: hash }]]);

class User extends Auth {
  get userType(): string {
    return "user";
  }
  static override async find(id: string | number): Promise<User | null> {
    const found = people.get(Number(id));
    return found === undefined ? null : new User(found);
  }
  static override async first({ email }: Readonly<Record<string, unknown>>): Promise<User | null> {
    return email === "a@b.c" ? await User.find(7) : null;
  }
}

beforeEach(() => {
  people.set(7, { id: 7, email: "a@b.c", password: hash });
  const app = createWarlockApp({ auth: { userType: { user: User } }, store: memory(), secret });
  onTestFinished(() => app.close());
  onTestFinished(() => authEvents.unsubscribeAll());
});

/** Everything that is told while something is done, in order. */
async function told(
  events: readonly AuthEventName[],
  act: () => Promise<unknown>,
): Promise<string[]> {
  const heard: string[] = [];
  for (const event of events) authEvents.on(event, () => void heard.push(event));
  await act();
  authEvents.unsubscribeAll();
  return heard;
}

test("what is told of a sign-in, a refresh and the ends", async () => {
  const credentials = { email: "a@b.c", password: "right" };
  let tokens: TokenPair | undefined;
  const login: AuthEventName[] = [
    "login.attempt",
    "token.created",
    "session.created",
    "login.success",
  ];
  expect(
    await told([...login, "login.failed"], async () => {
      tokens = (await authService.login(User, credentials))?.tokens;
    }),
  ).toEqual(login);
  const refreshToken = tokens?.refreshToken?.token ?? "";
  const sessions: RefreshToken[] = [];
  authEvents.on("token.refreshed", (user, pair, session) => {
    expect([user.id, pair.refreshToken?.token]).toEqual([7, expect.any(String)]);
    sessions.push(session);
  });
  await authService.refreshTokens(refreshToken);
  const user = new User({ id: 7 });
  const [row = expect.unreachable()] = await user.activeSessions();
  expect(sessions.map(({ id }) => id)).toEqual([row.id]);
  const ends: AuthEventName[] = ["session.destroyed", "logout", "logout.all", "logout.failsafe"];
  const logout = (): Promise<void> =>
    authService.logout(user, tokens?.accessToken.token, refreshToken);
  expect(await told(ends, logout)).toEqual(["session.destroyed", "logout"]);
  expect(await told(ends, () => authService.logout(user))).toEqual([
    "logout.all",
    "logout.failsafe",
    "logout",
  ]);
  await user.createTokenPair();
  await user.createTokenPair();
  expect(
    await told(["token.revoked", "logout.all"], () => authService.revokeAllTokens(user)),
  ).toEqual(["token.revoked", "token.revoked", "logout.all"]);
});

test("a listener that throws breaks nothing, and off silences it", async () => {
  let calls = 0;
  authEvents.on("login.attempt", () => {
    calls += 1;
    throw new Error("a listener's own");
  });
  expect(await User.attempt({ email: "a@b.c", password: "right" })).toBeInstanceOf(User);
  authEvents.off("login.attempt");
  await User.attempt({ email: "a@b.c", password: "right" });
  expect(calls).toBe(1);
});

test("off without a name, and unsubscribeAll, silence all of them", async () => {
  const heard: string[] = [];
  for (const silence of [() => authEvents.off(), authEvents.unsubscribeAll]) {
    authEvents.on("logout", () => void heard.push("logout"));
    authEvents.on("login.attempt", () => void heard.push("login.attempt"));
    silence();
    await User.attempt({ email: "a@b.c", password: "right" });
  }
  expect(heard).toEqual([]);
});

test("listeners may wait for what never comes, and have names of their own", async () => {
  authEvents.on("token.expired", (row) => {
    expectTypeOf(row).toEqualTypeOf<RefreshToken>();
  });
  const heard: unknown[] = [];
  for (const name of ["app.started", "__proto__", "constructor", "error"]) {
    // As code without types calls it.
    Reflect.apply(authEvents.on, authEvents, [name, (by: unknown) => heard.push([name, by])]);
    Reflect.apply(authEvents.trigger, authEvents, [name, 1]);
    Reflect.apply(authEvents.off, authEvents, [name]);
    Reflect.apply(authEvents.emit, authEvents, [name, 2]);
  }
  expect(heard).toEqual([
    ["app.started", 1],
    ["__proto__", 1],
    ["constructor", 1],
    ["error", 1],
  ]);
});

test("listeners know what they are given", () => {
  authEvents.on("login.success", (user, tokens, device) => {
    expectTypeOf(user).toExtend<Auth>();
    expectTypeOf(tokens.accessToken.token).toEqualTypeOf<string>();
    expectTypeOf(device?.ip).toEqualTypeOf<string | null | undefined>();
  });
  authEvents.on("login.failed", (credentials) => {
    expectTypeOf(credentials.email).toEqualTypeOf<string | undefined>();
    expectTypeOf(credentials.username).toEqualTypeOf<string | undefined>();
    expectTypeOf(credentials["phone"]).toBeAny();
  });
});

test("a password that bcrypt hashed is still good, and a wrong one is not", async () => {
  expect(await User.attempt({ email: "a@b.c", password: "right" })).toBeInstanceOf(User);
  expect(await User.attempt({ email: "a@b.c", password: "wrong" })).toBeNull();
  expect(await User.attempt({ email: "nobody@b.c", password: "right" })).toBeNull();
});

test("a refresh for somebody who is gone ends the session", async () => {
  const { refreshToken } = await new User({ id: 7 }).createTokenPair();
  people.clear();
  expect(await authService.refreshTokens(refreshToken?.token ?? "")).toBeNull();
  expect(await new User({ id: 7 }).activeSessions()).toEqual([]);
});

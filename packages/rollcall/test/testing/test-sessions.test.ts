import { createHttp } from "rollcall/http";
import { createTestSessions } from "rollcall/testing";
import { expect, test } from "vitest";

const ada = { type: "user", id: "ada" };
const grace = { type: "user", id: "grace" };

test("signs users in, each as themselves, where a guard lets them pass", async () => {
  const { sessions, signIn } = createTestSessions();
  const http = createHttp({ sessions });
  const guarded = http.guard((_request, principal) => Response.json(principal.user));
  const ask = async (headers: HeadersInit): Promise<unknown> => {
    const answer = await guarded(new Request("https://app.example/", { headers }));
    return answer.status === 200 ? await answer.json() : answer.status;
  };
  const [first, second] = [await signIn(ada), await signIn(grace)];
  expect(first.principal).toMatchObject({ user: ada, sessionId: first.session.id });
  expect(await ask(first.headers)).toEqual(ada);
  expect(await ask(second.headers)).toEqual(grace);
  expect(await ask({})).toBe(401);
  await sessions.revoke(ada, first.session.id);
  expect(await ask(first.headers)).toBe(401);
  expect(await ask(second.headers)).toEqual(grace);
  await sessions.close();
});

test("time passes when the test says so", async () => {
  const { sessions, clock, signIn } = createTestSessions({ idleTimeout: "1h" });
  const { tokens, session } = await signIn(ada, { metadata: { cart: 1 } });
  expect(session.metadata).toEqual({ cart: 1 });
  expect((await sessions.list(ada)).sessions).toHaveLength(1);
  clock.advance(60 * 60 * 1000 + 1);
  expect((await sessions.list(ada)).sessions).toEqual([]);
  await expect(sessions.refresh(tokens.refreshToken.token)).rejects.toMatchObject({
    code: "credential_invalid",
  });
  await sessions.close();
});

test("the application's own options count, but for the secret and the clock", async () => {
  const { sessions, signIn } = createTestSessions({ maxPerUser: 1, onLimit: "refuse" });
  await signIn(ada);
  await expect(signIn(ada)).rejects.toMatchObject({ code: "session_limit" });
  await sessions.close();
});

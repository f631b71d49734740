import type { SessionsOptions } from "rollcall";
import { createHttp, type Http, type RequestHead } from "rollcall/http";
import { expect, test } from "vitest";
import { open, user } from "../support/sessions.js";
import { cookieJar, ORIGIN, request } from "./app.js";

// What one guarded request costs: each credential is looked at once.

interface Counted {
  readonly http: Http;
  readonly clock: ReturnType<typeof open>["clock"];
  readonly calls: Record<string, number>;
  /** A browser's cookies. */
  signIn(): Promise<string>;
  signInBearer(): Promise<string>;
}

function counted(options: Partial<SessionsOptions> = {}): Counted {
  const { sessions, clock } = open(options);
  const calls: Record<string, number> = {};
  const count = (name: string): void => {
    calls[name] = (calls[name] ?? 0) + 1;
  };
  const http = createHttp({
    cookies: true,
    origin: ORIGIN,
    clock,
    sessions: {
      ...sessions,
      verifyNow(token) {
        count("verifyNow");
        return sessions.verifyNow(token);
      },
      verify(token) {
        count("verify");
        return sessions.verify(token);
      },
      refresh(token, options) {
        count("refresh");
        return sessions.refresh(token, options);
      },
    },
  });
  return {
    http,
    clock,
    calls,
    async signIn() {
      const login = request("POST", "/login", { headers: { Origin: ORIGIN } });
      const jar = cookieJar();
      jar.take(await http.signIn(login, user, { transport: "cookie" }));
      return jar.header()["Cookie"] ?? "";
    },
    signInBearer: async () => (await sessions.start(user)).tokens.accessToken.token,
  };
}

/** Counts how often the header of that name is read. */
function head(name: string, value: string, calls: Record<string, number>): RequestHead {
  return {
    method: "GET",
    url: "/",
    headers: {
      get(asked) {
        if (asked !== name) return null;
        calls[name] = (calls[name] ?? 0) + 1;
        return value;
      },
    },
  };
}

test("a good bearer token: one look, and no promise", async () => {
  const { http, calls, signInBearer } = counted();
  const token = await signInBearer();
  await http.authenticate(head("authorization", `Bearer ${token}`, {}));
  calls["verifyNow"] = 0;
  const principal = http.authenticate(head("authorization", `Bearer ${token}`, {}));
  expect(principal).toMatchObject({ user });
  expect(calls).toEqual({ verifyNow: 1 });
});

test("a bearer token that the database has to answer for: one look and one question", async () => {
  const { http, clock, calls, signInBearer } = counted();
  const token = await signInBearer();
  // Longer than a process may trust its memory.
  clock.advance(10_000);
  const answer = await http.authenticate(head("authorization", `Bearer ${token}`, {}));
  expect(answer.user).toEqual(user);
  expect(calls).toEqual({ verifyNow: 1, verify: 1 });
});

test("an expired access cookie: read once, looked at once, refreshed once", async () => {
  const { http, clock, calls, signIn } = counted({ maxStaleness: "1h" });
  const cookie = await signIn();
  clock.advance(600_000);
  const came = head("cookie", cookie, calls);
  expect((await http.authenticate(came)).user).toEqual(user);
  expect(http.outgoingHeaders(came)?.getSetCookie()).toHaveLength(2);
  expect(calls).toEqual({ cookie: 1, verifyNow: 1, refresh: 1 });
});

test("an access cookie that the database has to answer for: one look and one question", async () => {
  const { http, clock, calls, signIn } = counted();
  const cookie = await signIn();
  clock.advance(10_000);
  expect((await http.authenticate(head("cookie", cookie, calls))).user).toEqual(user);
  expect(calls).toEqual({ cookie: 1, verifyNow: 1, verify: 1 });
});

test("a refusal is a rejected promise, never thrown", async () => {
  const { http } = counted();
  for (const came of [head("authorization", "Basic YTpi", {}), head("accept", "*/*", {})]) {
    await expect(http.authenticate(came)).rejects.toMatchObject({ status: 401 });
  }
});

import { createHttp } from "rollcall/http";
import { rollcall } from "rollcall/next";
import { expect, test } from "vitest";
import { open, user } from "../support/sessions.js";

test("the proxy leaves caching to what is behind it, unless cookies go out", async () => {
  const { sessions, clock } = open();
  const http = createHttp({ sessions, clock, cookies: true, origin: "https://app.example" });
  const { accessToken, refreshToken } = (await sessions.start(user)).tokens;
  const Cookie = `__Host-rollcall-at=${accessToken.token}; __Host-rollcall-rt=${refreshToken.token}`;
  const auth = rollcall(http, {
    headers: async () => new Headers(),
    cookies: async () => ({ getAll: () => [], set: () => {} }),
  });
  const cachingOf = async (headers: HeadersInit): Promise<string | null | undefined> => {
    const proxy = auth.proxy(() => new Response("a file", { headers }));
    const request = new Request("https://app.example/logo.svg", { headers: { Cookie } });
    return (await proxy(request))?.headers.get("cache-control");
  };
  expect(await cachingOf({})).toBeNull();
  expect(await cachingOf({ "Cache-Control": "max-age=60" })).toBe("max-age=60");
  clock.advance(600_000);
  expect(await cachingOf({ "Cache-Control": "max-age=60" })).toBe("no-store");
});

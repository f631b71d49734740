import { createHttp, deviceFromRequest } from "rollcall/http";
import { memory } from "rollcall/memory";
import { expect, test } from "vitest";
import { open, user } from "../support/sessions.js";
import { openApp, request } from "./app.js";

/** What a caller without types may pass for an object of options. */
const NO_OBJECTS: readonly unknown[] = [null, "options", 7, true, []];

test("options that are no object are refused by name", async () => {
  const { http } = openApp();
  const login = request("POST", "/login");
  for (const wrong of NO_OBJECTS) {
    expect(() => Reflect.apply(createHttp, undefined, [wrong])).toThrow(/^createHttp takes/);
    expect(() => Reflect.apply(deviceFromRequest, undefined, [login, wrong])).toThrow(/^options/);
    await expect(Reflect.apply(http.signIn, http, [login, user, wrong])).rejects.toThrow(
      /^options must be an object/,
    );
  }
  expect(() => Reflect.apply(createHttp, undefined, [])).toThrow(/^createHttp takes/);
});

test("an onError that is no function is refused when it is given, not when it is needed", () => {
  const { sessions } = open();
  for (const onError of [null, "log", {}]) {
    expect(() => Reflect.apply(createHttp, undefined, [{ sessions, onError }])).toThrow(
      /^onError must be a function/,
    );
  }
});

test("an onError that fails itself costs no answer and no process", async () => {
  const store = { ...memory(), find: () => Promise.reject(new Error("away")) };
  const failures = [
    () => {
      throw new Error("onError failed");
    },
    // A rejection that nobody hears would end the process, and here the test.
    () => Promise.reject(new Error("onError failed later")),
  ];
  for (const onError of failures) {
    const app = openApp({ onError }, { store });
    const { refreshToken } = await app.signIn(user);
    await app.sessions.close();
    const body = { refreshToken: refreshToken.token };
    const answer = await app.http.fetch(request("POST", "/auth/logout", { body }));
    expect(answer.status).toBe(503);
    expect(app.http.errorResponse(new Error("unforeseen")).status).toBe(500);
  }
});

import { returnPath } from "rollcall/http";
import { expect, test } from "vitest";
import { openApp, request } from "./app.js";

const HTML = { Accept: "text/html" };

test.each([
  "/",
  "/inbox?folder=new&x=%2F%2Fa#part",
  "/a//b/../c",
  "/caf%C3%A9",
  "/login?next=https://evil.example",
])("returnPath takes %s", (path) => {
  expect(returnPath(path)).toBe(path);
  expect(new URL(returnPath(path), "https://app.example").origin).toBe("https://app.example");
});

test.each([
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  " /inbox",
  "inbox",
  "javascript:alert(1)",
  "",
  `/${"x".repeat(2048)}`,
  null,
  undefined,
  ["/inbox"],
])("returnPath leads to / for %j", (given) => {
  expect(returnPath(given)).toBe("/");
});

test.each(["login", "//evil.example", "https://evil.example/login", "/login#top", "", 1, null])(
  "a guard refuses %j as its sign-in page, when it is made",
  (signInPage) => {
    const options = JSON.parse(JSON.stringify({ signInPage }));
    const { http } = openApp();
    expect(() => http.guard(() => new Response(), options)).toThrow(/^signInPage must be a path/);
  },
);

test("the way back is never another site's, whatever path was asked for", async () => {
  const { http } = openApp();
  const page = http.guard(() => new Response(), { signInPage: "/login" });
  for (const path of ["//evil.example/x", "/\\evil.example"]) {
    const asked = request("GET", path, { headers: HTML });
    const answer = await page(asked);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/login?returnTo=%2F"]);
  }
});

test("a sign-in page behind its own guard is no endless way", async () => {
  const { http } = openApp();
  const page = http.guard(() => new Response(), { signInPage: "/login" });
  const answer = await page(request("GET", "/login?returnTo=%2Finbox", { headers: HTML }));
  expect(answer.status).toBe(401);
});

test("what a handler refuses by itself is answered as it is", async () => {
  const { http, signIn } = openApp({ cookies: true, origin: "https://app.example" });
  const { accessToken } = await signIn({ type: "user", id: "ada" });
  const headers = { ...HTML, Cookie: `__Host-rollcall-at=${accessToken.token}` };
  const page = http.guard(
    async (asked) => {
      await http.authenticate(new Request(asked.url));
      return new Response();
    },
    { signInPage: "/login" },
  );
  expect((await page(request("GET", "/inbox", { headers }))).status).toBe(401);
});

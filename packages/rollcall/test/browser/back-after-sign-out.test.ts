import { createServer } from "node:http";
import { createHttp, type Http } from "rollcall/http";
import { toNodeHandler } from "rollcall/node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { BROWSERS, type BrowserPage } from "../support/browsers.js";
import { listen } from "../support/listen.js";
import { open } from "../support/sessions.js";

// Somebody signs out on a shared computer; the next one presses "Back".

const ADA = { type: "user", id: "ada" };
const html = (body: string): Response =>
  new Response(`<!doctype html><p>${body}</p>`, { headers: { "Content-Type": "text/html" } });

async function openApp(): Promise<string> {
  const { sessions } = open();
  let http: Http | undefined;
  const handler = toNodeHandler(async (request, connection) => {
    if (http === undefined) return new Response(null, { status: 503 });
    const { pathname } = new URL(request.url);
    if (pathname === "/login") {
      const { body, headers } = await http.signIn(request, ADA, { transport: "cookie" });
      return Response.json(body, { headers });
    }
    if (pathname === "/mine") {
      return await http.guard((_request, { user }) => html(`mine: ${user.id}`))(request);
    }
    if (http.handles(request)) return await http.fetch(request, connection);
    return html("for all");
  });
  const app = await listen(createServer(handler));
  onTestFinished(app.close);
  const origin = app.url.replace("127.0.0.1", "app.shop.localhost");
  http = createHttp({ sessions, cookies: true, origin });
  return origin;
}

const post = (path: string): string =>
  `fetch("${path}", { method: "POST" }).then(({ status }) => status)`;
const text = (page: BrowserPage): Promise<unknown> => page.evaluate("document.body.innerText");

describe.each(BROWSERS)("$name", ({ available, open: openOne }) => {
  describe.skipIf(!available)("as it is installed", () => {
    let browser: Awaited<ReturnType<typeof openOne>>;
    beforeAll(async () => {
      browser = await openOne();
    });
    afterAll(() => browser.close());

    test("Back shows no page of whoever has signed out", async () => {
      const app = await openApp();
      const page = await browser.newPage();
      await page.goto(`${app}/`);
      expect(await page.evaluate(post("/login"))).toBe(200);
      await page.goto(`${app}/mine`);
      expect(await text(page)).toBe("mine: ada");
      await page.goto(`${app}/bye`);
      expect(await page.evaluate(post("/auth/logout"))).toBe(200);
      await page.back();
      await expect.poll(() => page.evaluate("location.pathname")).toBe("/mine");
      expect(await text(page)).toContain("EC001");
    }, 180_000);
  });
});

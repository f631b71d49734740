import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { firefoxAvailable, openFirefox } from "../support/firefox.js";
import { listen } from "../support/listen.js";

describe.skipIf(!firefoxAvailable)("Firefox, as tests drive it", () => {
  test("pages with cookies of their own, on any host, that go back", async () => {
    const server = createServer((request, response) => {
      response.setHeader("Content-Type", "text/html");
      if (request.url === "/one") response.setHeader("Set-Cookie", "a=1");
      response.end(`<title>${request.url}</title>`);
    });
    const app = await listen(server);
    onTestFinished(app.close);
    const firefox = await openFirefox();
    onTestFinished(firefox.close);
    const url = app.url.replace("127.0.0.1", "app.example.localhost");
    const [page, other] = [await firefox.newPage(), await firefox.newPage()];
    await page.goto(`${url}/one`);
    await page.goto(`${url}/two`);
    expect(await page.evaluate("[document.title, document.cookie]")).toEqual(["/two", "a=1"]);
    await page.back();
    expect(await page.evaluate("document.title")).toBe("/one");
    await other.goto(`${url}/two`);
    expect(await other.evaluate("document.cookie")).toBe("");
    await expect(page.evaluate("nothing.at.all")).rejects.toThrow(/ReferenceError/);
    await expect(page.goto("http://localhost:1/")).rejects.toThrow(/navigate/);
  });
});

import { describe, expect, onTestFinished, test } from "vitest";
import { firefoxAvailable, openFirefox } from "../support/firefox.js";
import { buildElement } from "./built-element.js";
import { startRealServer } from "./real-server.js";

describe.skipIf(!firefoxAvailable)("the screen in Firefox with all cookies blocked", () => {
  test("says that nobody is signed in, where it was blank", async () => {
    const { files } = await buildElement();
    const server = await startRealServer(files);
    onTestFinished(server.close);
    const firefox = await openFirefox({ "network.cookie.cookieBehavior": 2 });
    onTestFinished(firefox.close);
    const page = await firefox.newPage();
    await page.goto(`${server.url}/account-page`);
    const shown = `document.querySelector("rollcall-sessions").shadowRoot?.querySelector("[role=alert]")?.innerText`;
    await expect.poll(() => page.evaluate(shown)).toMatch(/signed out/);
  });
});

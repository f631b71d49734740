import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { browserAvailable, openBrowser } from "../support/browser.js";
import { firefoxAvailable, openFirefox } from "../support/firefox.js";
import { openStage } from "./stage.js";
import { openContext, openTab, outsOf, signIn, status } from "./tab.js";

let browser: Browser;

/** What browsers do for pages that may keep nothing: Firefox denies all three, Chromium the last two. */
function deny(): void {
  const refuse = (): never => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };
  globalThis.BroadcastChannel = new Proxy(BroadcastChannel, { construct: refuse });
  Object.defineProperty(globalThis, "localStorage", { get: refuse });
  LockManager.prototype.request = () => Promise.reject(new DOMException("", "SecurityError"));
}

describe.skipIf(!browserAvailable)("in a browser that lets a page keep nothing", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("a client signs in, refreshes, hears of the end and signs out", async () => {
    const stage = await openStage();
    const context = await openContext(browser, stage);
    await context.addInitScript(deny);
    const tab = await openTab(context, "bearer");
    await signIn(tab, "bearer");
    expect(await status(tab)).toBe(200);
    // Beyond the life of the access token.
    stage.clock.advance(660_000);
    expect(await status(tab)).toBe(200);
    expect(stage.rotations()).toBe(1);
    await tab.evaluate(() => client.signOut());
    expect(await outsOf(tab)).toMatchObject([{ reason: "signed_out" }]);
    expect(await status(tab)).toBe(401);
  });

  test("with cookies, which it drops, nobody is signed in, and the client says so", async () => {
    const stage = await openStage();
    const context = await openContext(browser, stage);
    await context.addInitScript(deny);
    const tab = await openTab(context, "cookie");
    expect(await status(tab)).toBe(401);
    expect(
      await tab.evaluate(async () => {
        try {
          return await client.sessions.list();
        } catch (error) {
          return [Reflect.get(Object(error), "name"), Reflect.get(Object(error), "status")];
        }
      }),
    ).toEqual(["ClientError", 401]);
  });
});

describe.skipIf(!firefoxAvailable)("in Firefox with all cookies blocked", () => {
  test("a client signs in, refreshes and signs out", async () => {
    const stage = await openStage();
    const firefox = await openFirefox({ "network.cookie.cookieBehavior": 2 });
    onTestFinished(firefox.close);
    const tab = await firefox.newPage();
    await tab.goto(stage.url);
    // It denies what Chromium grants, or this shows nothing.
    expect(
      await tab.evaluate(
        `(() => { try { new BroadcastChannel("a"); } catch (error) { return error.name; } })()`,
      ),
    ).toBe("SecurityError");
    await tab.evaluate(`openClient({ transport: "bearer" })`);
    const answer = `fetch("/login?bearer", { method: "POST" }).then((one) => one.json())`;
    await tab.evaluate(`${answer}.then((signIn) => client.signedIn(signIn))`);
    const list = `client.fetch("/account/sessions").then(({ status }) => status)`;
    expect(await tab.evaluate(list)).toBe(200);
    stage.clock.advance(660_000);
    expect(await tab.evaluate(list)).toBe(200);
    expect(stage.rotations()).toBe(1);
    await tab.evaluate("client.signOut()");
    expect(await tab.evaluate("outs")).toMatchObject([{ reason: "signed_out" }]);
    expect(await tab.evaluate(list)).toBe(401);
  });
});

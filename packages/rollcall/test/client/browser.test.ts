import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HEARING } from "../../src/client/tab-storage.js";
import { browserAvailable, openBrowser } from "../support/browser.js";
import { ADA, openStage } from "./stage.js";
import {
  openContext,
  openLaterTab,
  openTab,
  settled,
  signIn,
  status,
  stretch,
  TRANSPORTS,
} from "./tab.js";

let browser: Browser;

describe.skipIf(!browserAvailable)("in a browser", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  describe.each(TRANSPORTS)("with the transport %s", (transport) => {
    test("list, rename, revoke, revoke others, sign out", async () => {
      const stage = await openStage();
      const laptop = await openTab(await openContext(browser, stage), transport);
      await signIn(laptop, transport);
      stage.clock.advance(1000);
      const phone = await openTab(await openContext(browser, stage), transport);
      await signIn(phone, transport);
      const [first] = (await stage.sessions.list(ADA)).sessions.slice(-1);
      const answers = await phone.evaluate(async (id) => {
        const { sessions } = client;
        const page = await sessions.list({ limit: 1 });
        const rest = await sessions.list({ limit: 1, cursor: page.nextCursor ?? "" });
        return [
          page.sessions.map(({ current, createdAt }) => [current, createdAt instanceof Date]),
          rest.sessions.map((session) => session.id),
          (await sessions.rename(id, "Laptop"))?.name,
          await sessions.rename("nonsense", "x"),
          await sessions.revoke("nonsense"),
          await sessions.revoke(id),
          await sessions.revokeOthers(),
        ];
      }, String(first?.id));
      expect(answers).toEqual([[[true, true]], [first?.id], "Laptop", null, false, true, 0]);
      await phone.evaluate(() => client.signOut());
      expect(await phone.evaluate(() => outs)).toEqual([
        { reason: "signed_out", by: { kind: "self", device: null } },
      ]);
      expect(await status(phone)).toBe(401);
      expect((await stage.sessions.list(ADA)).sessions).toEqual([]);
    });

    test("ended from elsewhere: every tab hears it, with who did it, and a new sign-in works", async () => {
      const stage = await openStage();
      const context = await openContext(browser, stage);
      const tabs = [await openTab(context, transport), await openTab(context, transport)];
      const [tab] = tabs;
      if (tab === undefined) throw new Error("no tab");
      await settled(stage, 2, transport);
      await signIn(tab, transport);
      await expect.poll(() => stage.streams()).toBe(1);
      const mine = (await stage.sessions.list(ADA)).sessions[0]?.id ?? "";
      await stage.sessions.revoke(ADA, mine, { actor: { kind: "admin" } });
      for (const each of tabs) {
        await expect
          .poll(() => each.evaluate(() => outs))
          .toEqual([{ reason: "revoked", by: { kind: "admin", device: null } }]);
      }
      await signIn(tab, transport);
      expect(await status(tab)).toBe(200);
      await expect.poll(() => stage.streams()).toBe(1);
    });

    test("the list changed: one stream for all tabs, and another tab takes over", async () => {
      const stage = await openStage();
      const context = await openContext(browser, stage);
      const first = await openTab(context, transport);
      await signIn(first, transport);
      await expect.poll(() => stage.streams()).toBe(1);
      const second = await openLaterTab(context, transport);
      expect(await status(second)).toBe(200);
      await stage.sessions.start(ADA);
      for (const tab of [first, second]) {
        await expect.poll(() => tab.evaluate(() => changes)).toBeGreaterThan(0);
      }
      expect(stage.streams()).toBe(1);
      const requests = stage.requests("/account/sessions/events");
      await first.close();
      await expect.poll(() => stage.requests("/account/sessions/events")).toBe(requests + 1);
      await expect.poll(() => stage.streams()).toBe(1);
      const before = await second.evaluate(() => changes);
      await stage.sessions.start(ADA);
      await expect.poll(() => second.evaluate(() => changes)).toBeGreaterThan(before);
    });

    test("hidden, nobody listens; shown again, the list is read anew", async () => {
      const stage = await openStage();
      const tab = await openTab(await openContext(browser, stage), transport);
      await signIn(tab, transport);
      await expect.poll(() => stage.streams()).toBe(1);
      await stage.sessions.start(ADA);
      await expect.poll(() => tab.evaluate(() => changes)).toBeGreaterThan(0);
      const show = (hidden: boolean): Promise<void> =>
        tab.evaluate((now) => {
          Object.defineProperty(document, "hidden", { configurable: true, value: now });
          document.dispatchEvent(new Event("visibilitychange"));
        }, hidden);
      await show(true);
      await expect.poll(() => stage.streams()).toBe(0);
      const before = await tab.evaluate(() => changes);
      await show(false);
      await expect.poll(() => tab.evaluate(() => changes)).toBeGreaterThan(before);
      await expect.poll(() => stage.streams()).toBe(1);
    });
  });

  test.each(TRANSPORTS)(
    "fifty tabs and one expiry: one rotation, and nobody is out (%s)",
    async (transport) => {
      const stage = await openStage();
      const context = await openContext(browser, stage);
      // Fifty pages on a busy machine hear later than those of a person's.
      await stretch(context, HEARING);
      const first = await openTab(context, transport);
      await settled(stage, 1, transport);
      await signIn(first, transport);
      const others = [];
      for (let i = 1; i < 50; i++) others.push(await openLaterTab(context, transport));
      const tabs = [first, ...others];
      await Promise.all(tabs.map((tab) => status(tab)));
      const before = stage.requests("/auth/refresh");
      const past = 9.9 * 60_000;
      await Promise.all(
        tabs.map((tab) =>
          tab.evaluate((ms) => {
            const now = Date.now.bind(Date);
            Date.now = () => now() + ms;
          }, past),
        ),
      );
      const answers = await Promise.all(tabs.map((tab) => status(tab)));
      expect(new Set(answers)).toEqual(new Set([200]));
      expect(stage.rotations()).toBe(1);
      expect(stage.requests("/auth/refresh") - before).toBe(1);
      expect((await Promise.all(tabs.map((tab) => tab.evaluate(() => outs.length)))).join("")).toBe(
        "0".repeat(50),
      );
    },
    300_000,
  );

  test.each(["locks", "BroadcastChannel"])(
    "without %s nobody is signed out either",
    async (missing) => {
      const stage = await openStage();
      const context = await openContext(browser, stage);
      await context.addInitScript((name) => {
        if (name === "locks") Object.defineProperty(navigator, "locks", { value: undefined });
        else Reflect.deleteProperty(globalThis, "BroadcastChannel");
      }, missing);
      const first = await openTab(context, "cookie");
      // What is on its way when the clock moves would come ten minutes late.
      await expect.poll(() => stage.requests("/auth/refresh")).toBe(1);
      await signIn(first, "cookie");
      await expect.poll(() => first.evaluate(() => changes)).toBeGreaterThan(0);
      const tabs = [first, await openTab(context, "cookie")];
      for (const tab of tabs) {
        await expect.poll(() => tab.evaluate(() => changes)).toBeGreaterThan(0);
      }
      stage.clock.advance(601_000);
      expect(await Promise.all(tabs.map(status))).toEqual([200, 200]);
      stage.clock.advance(60_000);
      expect(await Promise.all(tabs.map(status))).toEqual([200, 200]);
      expect(await Promise.all(tabs.map((tab) => tab.evaluate(() => outs)))).toEqual([[], []]);
    },
  );

  test("tokens of a bearer client are in memory only, and a reload of the last tab loses them", async () => {
    const stage = await openStage();
    const tab = await openTab(await openContext(browser, stage), "bearer");
    await signIn(tab, "bearer");
    const kept = await tab.evaluate(() => [
      Object.keys(localStorage).length,
      Object.keys(sessionStorage).length,
      document.cookie,
    ]);
    expect(kept).toEqual([0, 0, ""]);
    await tab.reload();
    await tab.waitForFunction(() => "openClient" in globalThis);
    await tab.evaluate(() => openClient({ transport: "bearer" }));
    expect(await status(tab)).toBe(401);
  });
});

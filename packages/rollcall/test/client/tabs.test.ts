import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable, openBrowser } from "../support/browser.js";
import { ADA, openStage } from "./stage.js";
import { openContext, openLaterTab, openTab, outsOf, signIn, status, TRANSPORTS } from "./tab.js";

const BY_ADMIN = { reason: "revoked", by: { kind: "admin", device: null } };

/** The session that a tab is in. */
const currentOf = (tab: Page): Promise<string | undefined> =>
  tab.evaluate(async () => (await client.sessions.list()).sessions.find((one) => one.current)?.id);

/** Whether a tab waits for its turn to refresh. */
const isWaiting = (tab: Page): Promise<boolean> =>
  tab.evaluate(async () =>
    ((await navigator.locks.query()).pending ?? []).some(({ name }) => name?.endsWith(":refresh")),
  );

let browser: Browser;

describe.skipIf(!browserAvailable)("tabs of one browser", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  describe.each(TRANSPORTS)("with the transport %s", (transport) => {
    test("a tab that was opened after the sign-in, and asked for nothing, is told of the end", async () => {
      const stage = await openStage();
      const context = await openContext(browser, stage);
      const first = await openTab(context, transport);
      await signIn(first, transport);
      await expect.poll(() => stage.streams()).toBe(1);
      const second = await openTab(context, transport);
      const mine = (await stage.sessions.list(ADA)).sessions[0]?.id ?? "";
      await stage.sessions.revoke(ADA, mine, { actor: { kind: "admin" } });
      for (const tab of [first, second]) {
        await expect.poll(() => outsOf(tab)).toEqual([BY_ADMIN]);
      }
    });

    test("a tab that was opened after the sign-in signs all out", async () => {
      const stage = await openStage();
      const context = await openContext(browser, stage);
      const first = await openTab(context, transport);
      await signIn(first, transport);
      await expect.poll(() => stage.streams()).toBe(1);
      const second = await openLaterTab(context, transport);
      await second.evaluate(() => client.signOut());
      expect((await stage.sessions.list(ADA)).sessions).toEqual([]);
      const how = { by: { kind: "self", device: null } };
      await expect.poll(() => outsOf(second)).toEqual([{ ...how, reason: "signed_out" }]);
      // Told by the tab or by the server, whichever is heard first; never by both.
      await expect.poll(() => outsOf(first)).toMatchObject([how]);
      expect(await Promise.all([first, second].map(status))).toEqual([401, 401]);
      expect((await outsOf(first)).length).toBe(1);
    });

    test("once it is over, the tabs do not try the stream one after the other", async () => {
      const stage = await openStage();
      const context = await openContext(browser, stage);
      const first = await openTab(context, transport);
      await signIn(first, transport);
      await expect.poll(() => stage.streams()).toBe(1);
      const tabs = [first];
      for (let i = 1; i < 8; i++) tabs.push(await openTab(context, transport));
      const mine = (await stage.sessions.list(ADA)).sessions[0]?.id ?? "";
      const tried = stage.requests("/account/sessions/events");
      await stage.sessions.revoke(ADA, mine, { actor: { kind: "admin" } });
      for (const tab of tabs) await expect.poll(() => outsOf(tab)).toEqual([BY_ADMIN]);
      for (const tab of tabs) expect(await status(tab)).toBe(401);
      // The next in turn may not have heard of it yet.
      expect(stage.requests("/account/sessions/events")).toBeLessThanOrEqual(tried + 2);
    });

    test("signing in again without signing out is no sign-out, and the new session is followed", async () => {
      const stage = await openStage();
      const context = await openContext(browser, stage);
      const tabs = [await openTab(context, transport), await openTab(context, transport)];
      const [first, second] = tabs;
      if (first === undefined || second === undefined) throw new Error("no tab");
      await signIn(first, transport);
      await expect.poll(() => stage.streams()).toBe(1);
      const [old] = (await stage.sessions.list(ADA)).sessions;
      await signIn(second, transport);
      const [fresh] = (await stage.sessions.list(ADA)).sessions.filter(({ id }) => id !== old?.id);
      // The first must have heard of it, or it would take the end of the old one for its own.
      for (const tab of tabs) await expect.poll(() => currentOf(tab)).toBe(fresh?.id);
      await expect.poll(() => stage.streams()).toBe(1);
      await stage.sessions.revoke(ADA, old?.id ?? "");
      expect(await Promise.all(tabs.map(status))).toEqual([200, 200]);
      expect(await Promise.all(tabs.map(outsOf))).toEqual([[], []]);
      await expect.poll(() => stage.streams()).toBe(1);
      await stage.sessions.revoke(ADA, fresh?.id ?? "", { actor: { kind: "admin" } });
      for (const tab of tabs) await expect.poll(() => outsOf(tab)).toEqual([BY_ADMIN]);
    });

    test("without BroadcastChannel every tab hears for itself", async () => {
      const stage = await openStage();
      const context = await openContext(browser, stage);
      await context.addInitScript(() => Reflect.deleteProperty(globalThis, "BroadcastChannel"));
      const tabs = [await openTab(context, transport), await openTab(context, transport)];
      const [first, second] = tabs;
      if (first === undefined || second === undefined) throw new Error("no tab");
      await signIn(first, transport);
      const tried = stage.requests("/account/sessions/events");
      await signIn(second, transport);
      // With cookies the first was replaced, and comes back after a moment.
      const more = transport === "cookie" ? 2 : 1;
      await expect
        .poll(() => stage.requests("/account/sessions/events"))
        .toBeGreaterThanOrEqual(tried + more);
      await expect.poll(() => stage.streams()).toBe(2);
      for (const { id } of (await stage.sessions.list(ADA)).sessions) {
        await stage.sessions.revoke(ADA, id, { actor: { kind: "admin" } });
      }
      for (const tab of tabs) await expect.poll(() => outsOf(tab)).toEqual([BY_ADMIN]);
    });
  });

  test("a tab that was busy does not bring old tokens back", async () => {
    const stage = await openStage();
    const context = await openContext(browser, stage);
    const first = await openTab(context, "bearer");
    await signIn(first, "bearer");
    const busy = await openLaterTab(context, "bearer");
    expect(await status(busy)).toBe(200);
    const third = await openLaterTab(context, "bearer");
    const done = busy.evaluate(() => {
      const end = performance.now() + 1500;
      while (performance.now() < end);
    });
    await third.evaluate(() => {
      const channel = new BroadcastChannel(`rollcall:${location.origin}/auth:bearer`);
      let answers = 0;
      Object.assign(globalThis, {
        lateAnswer: new Promise((resolve) => {
          channel.onmessage = ({ data }) => {
            if (data.isNews === false && ++answers === 2) resolve(null);
          };
        }),
      });
    });
    // A question that the busy tab will answer late, as the second.
    expect(await status(third)).toBe(200);
    await first.evaluate((ms) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + ms;
    }, 9.9 * 60_000);
    expect(await status(first)).toBe(200);
    await done;
    await third.evaluate(() => Reflect.get(globalThis, "lateAnswer"));
    stage.clock.advance(60_000);
    expect(await status(first)).toBe(200);
    expect(await status(third)).toBe(200);
    expect(stage.rotations()).toBe(1);
  });

  test("who hears of the refresh it waits for does not wait for its turn", async () => {
    const stage = await openStage();
    const context = await openContext(browser, stage);
    await context.addInitScript(() => {
      const request = navigator.locks.request.bind(navigator.locks);
      // Never handed on, from when the test says so.
      Reflect.set(
        navigator.locks,
        "request",
        (name: string, options: LockOptions, work: () => unknown) =>
          request(name, options, async () => {
            const done = await work();
            if (Reflect.has(globalThis, "keepsLocks")) await new Promise(() => {});
            return done;
          }),
      );
    });
    const first = await openTab(context, "bearer");
    await signIn(first, "bearer");
    const second = await openLaterTab(context, "bearer");
    expect(await status(second)).toBe(200);
    for (const tab of [first, second]) {
      await tab.evaluate((ms) => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + ms;
        Reflect.set(globalThis, "keepsLocks", true);
      }, 9.9 * 60_000);
    }
    let waited: Promise<number> | undefined;
    await first.route("**/auth/refresh", async (route) => {
      waited = status(second);
      await expect.poll(() => isWaiting(second)).toBe(true);
      await route.continue();
    });
    expect(await status(first)).toBe(200);
    expect(await waited).toBe(200);
    expect(stage.rotations()).toBe(1);
  });

  test("who waits for a tab that hangs goes on after a while, and so does who may not wait at all", async () => {
    const stage = await openStage();
    const context = await openContext(browser, stage);
    await context.addInitScript(() => {
      // The time that it waits, over when the test says so.
      const patience = new AbortController();
      AbortSignal.timeout = () => patience.signal;
      Reflect.set(globalThis, "loseIt", () => patience.abort());
    });
    const hung = await openTab(context, "bearer");
    await signIn(hung, "bearer");
    const other = await openLaterTab(context, "bearer");
    expect(await status(other)).toBe(200);
    await hung.evaluate(
      (name) =>
        new Promise<void>((resolve) => {
          navigator.locks.request(name, () => {
            resolve();
            return new Promise(() => {});
          });
        }),
      `rollcall:${stage.url}/auth:bearer:refresh`,
    );
    stage.clock.advance(601_000);
    const waited = status(other);
    await expect.poll(() => isWaiting(other)).toBe(true);
    expect(stage.requests("/auth/refresh")).toBe(0);
    // From here its refreshes are not bounded, only its waits.
    await other.evaluate(() => {
      const real = globalThis.fetch;
      globalThis.fetch = (input, init) =>
        String(input).endsWith("/auth/refresh")
          ? real(input, { ...init, signal: null })
          : real(input, init);
      Reflect.get(globalThis, "loseIt")();
    });
    expect(await waited).toBe(200);
    expect(stage.rotations()).toBe(1);

    await other.evaluate(() => {
      navigator.locks.request = () => Promise.reject(new DOMException("denied", "SecurityError"));
    });
    stage.clock.advance(601_000);
    expect(await status(other)).toBe(200);
    expect(stage.rotations()).toBe(2);
    expect(await outsOf(other)).toEqual([]);
  });

  test("a tab that missed what was said asks when it comes back, and ends nobody's session", async () => {
    const stage = await openStage();
    const context = await openContext(browser, stage);
    await context.addInitScript(() => {
      const { addEventListener } = BroadcastChannel.prototype;
      // As in the cache for going back: messages are lost while it is there.
      BroadcastChannel.prototype.addEventListener = function (
        this: BroadcastChannel,
        type: string,
        listener: (event: Event) => void,
      ) {
        addEventListener.call(this, type, (event: Event) => {
          if (!Reflect.has(globalThis, "isAway")) listener(event);
        });
      };
    });
    const first = await openTab(context, "bearer");
    await signIn(first, "bearer");
    const back = await openLaterTab(context, "bearer");
    expect(await status(back)).toBe(200);
    await back.evaluate(() => Reflect.set(globalThis, "isAway", true));
    for (const rotations of [1, 2]) {
      stage.clock.advance(601_000);
      await expect.poll(() => status(first)).toBe(200);
      expect(stage.rotations()).toBe(rotations);
    }
    await back.evaluate(() => {
      Reflect.deleteProperty(globalThis, "isAway");
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    });
    expect(await Promise.all([back, first].map(status))).toEqual([200, 200]);
    expect(await Promise.all([back, first].map(outsOf))).toEqual([[], []]);
    expect((await stage.sessions.list(ADA)).sessions).toHaveLength(1);
    expect(stage.rotations()).toBe(2);
  });

  test("a client goes on after close(), and still hears of the others' refreshes", async () => {
    const stage = await openStage();
    const context = await openContext(browser, stage);
    const first = await openTab(context, "bearer");
    await signIn(first, "bearer");
    const closed = await openLaterTab(context, "bearer");
    expect(await status(closed)).toBe(200);
    await closed.evaluate(() => client.close());
    for (const tab of [first, closed, first]) {
      stage.clock.advance(601_000);
      expect(await status(tab)).toBe(200);
    }
    expect(stage.rotations()).toBe(3);
    await closed.evaluate(() => client.signOut());
    expect(await Promise.all([first, closed].map(status))).toEqual([401, 401]);
  });

  test("clients of two servers on one origin share no tokens", async () => {
    const stage = await openStage();
    const tab = await openTab(await openContext(browser, stage), "bearer");
    await signIn(tab, "bearer");
    const seen = await tab.evaluate(async () => {
      openClient({ transport: "bearer", paths: { auth: "/admin/auth" } });
      return (await client.fetch("/account/sessions")).status;
    });
    expect(seen).toBe(401);
  });

  test("a <base> that a page was made to have leads no credentials astray", async () => {
    const stage = await openStage();
    const tab = await openTab(await openContext(browser, stage), "cookie");
    await signIn(tab, "cookie");
    const answered = await tab.evaluate(async () => {
      document.head.append(Object.assign(document.createElement("base"), { href: "//127.0.0.2/" }));
      openClient({});
      return (await client.fetch("/account/sessions")).status;
    });
    expect(answered).toBe(200);
  });
});

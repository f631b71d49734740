import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { ANSWERING } from "../../src/client/tab-storage.js";
import type { Stage } from "./stage.js";

export const TRANSPORTS = ["cookie", "bearer"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A browser profile of its own, for one test. */
export async function openContext(browser: Browser, stage: Stage): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: stage.url });
  onTestFinished(() => context.close());
  return context;
}

/** Makes one of the client's waits so long that nothing which is on its way can come after it. */
export const stretch = (target: BrowserContext | Page, wait: number): Promise<unknown> =>
  target.addInitScript((short) => {
    const real = globalThis.setTimeout;
    Reflect.set(globalThis, "setTimeout", (work: () => void, ms?: number) =>
      real(work, ms === short ? 60_000 : ms),
    );
  }, wait);

/** A tab with a client that counts what it hears. */
export async function openTab(context: BrowserContext, transport: Transport): Promise<Page> {
  return await load(await context.newPage(), transport);
}

/** One that is opened when another is signed in, which has all the time it needs to answer this one. */
export async function openLaterTab(context: BrowserContext, transport: Transport): Promise<Page> {
  const page = await context.newPage();
  await stretch(page, ANSWERING);
  return await load(page, transport);
}

async function load(page: Page, transport: Transport): Promise<Page> {
  await page.goto("/");
  await page.waitForFunction(() => "openClient" in globalThis);
  await page.evaluate((chosen) => openClient({ transport: chosen }), transport);
  return page;
}

/** Signs in, and waits until somebody follows the new session's stream. */
export async function signIn(page: Page, transport: Transport): Promise<void> {
  const before = await page.evaluate(async (query) => {
    const answer = await fetch(`/login?${query}`, { method: "POST" });
    await client.signedIn(await answer.json());
    return changes;
  }, transport);
  await expect.poll(() => page.evaluate(() => changes)).toBeGreaterThan(before);
}

/** Waits until the tabs know that nobody is signed in: what is on its way then would mix with what follows. */
export async function settled(stage: Stage, tabs: number, transport: Transport): Promise<void> {
  const refusals = transport === "cookie" ? "/auth/refresh" : "/account/sessions/events";
  await expect.poll(() => stage.requests(refusals)).toBe(tabs);
}

/** The status of a request that takes somebody signed in. */
export const status = (page: Page): Promise<number> =>
  page.evaluate(async () => (await client.fetch("/account/sessions")).status);

/** What the tab was told of its sign-out. */
export const outsOf = (page: Page): Promise<unknown[]> => page.evaluate(() => outs);

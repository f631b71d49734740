import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { openStage, type Stage } from "./stage.js";

let stage: Stage;
describe.skipIf(!browserAvailable)("the properties of <rollcall-sessions>", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  test("what a page sets before the element is defined goes before its attributes", async () => {
    const page = await stage.open();
    const found = await page.evaluate(async () => {
      const early = document.createElement("early-sessions");
      early.setAttribute("sign-in-url", "/by-attribute");
      early.setAttribute("heading-level", "4");
      Object.assign(early, { client: fake, signInUrl: "/by-property" });
      document.querySelector("main")?.append(early);
      const Known = customElements.get("rollcall-sessions") ?? HTMLElement;
      customElements.define("early-sessions", class extends Known {});
      return ["signInUrl", "headingLevel"].map((name) => Reflect.get(early, name));
    });
    expect(found).toEqual(["/by-property", 4]);
    // The client is the page's: the element's own would find nobody signed in.
    await page.getByRole("listitem").first().waitFor();
    expect(await page.getByRole("heading", { level: 4 }).innerText()).toMatch(/signed in/);
    await page.context().close();
  });

  test("an attribute that is taken away leaves what was there without it", async () => {
    const page = await stage.open();
    await page.evaluate(() => mount({ "heading-level": "4", "sign-in-url": "/sign-in" }));
    await page.getByRole("heading", { level: 4 }).waitFor();
    const found = await page.evaluate(() => {
      const element = document.querySelector("rollcall-sessions");
      element?.removeAttribute("heading-level");
      element?.removeAttribute("sign-in-url");
      return [element?.headingLevel, element?.signInUrl];
    });
    expect(found).toEqual([2, ""]);
    await page.getByRole("heading", { level: 2, name: /signed in/ }).waitFor();
    await page.context().close();
  });

  test("without a client of the page's, all elements for one server share one, however often they come", async () => {
    const page = await stage.open();
    const opened = await page.evaluate(async () => {
      let channels = 0;
      const Known = globalThis.BroadcastChannel;
      globalThis.BroadcastChannel = class extends Known {
        constructor(name: string) {
          super(name);
          channels += 1;
        }
      };
      const counts: number[] = [];
      for (const baseUrl of ["", "", "https://other.example"]) {
        const element = document.createElement("rollcall-sessions");
        element.baseUrl = baseUrl;
        document.querySelector("main")?.append(element);
        await element.updateComplete;
        element.reload();
        await element.updateComplete;
        element.remove();
        counts.push(channels);
      }
      return counts;
    });
    expect(opened).toEqual([1, 1, 2]);
    await page.context().close();
  });

  test("what changes together is drawn once", async () => {
    const page = await stage.open();
    const drawings = await page.evaluate(async () => {
      mount();
      const element = document.querySelector("rollcall-sessions");
      if (element === null) return null;
      await element.updateComplete;
      let count = 0;
      element.placeOf = () => null;
      element.headingLevel = 3;
      const seen = new MutationObserver(() => count++);
      seen.observe(element.shadowRoot ?? element, {
        subtree: true,
        attributeFilter: ["aria-level"],
      });
      element.headingLevel = 4;
      await element.updateComplete;
      element.headingLevel = 4;
      await element.updateComplete;
      await new Promise((resolve) => setTimeout(resolve));
      return count;
    });
    expect(drawings).toBe(1);
    await page.context().close();
  });

  test("an address that is none is told to who waits, and a good one draws after all", async () => {
    const page = await stage.open();
    const [message, drawn] = await page.evaluate(async () => {
      const element = document.createElement("rollcall-sessions");
      element.baseUrl = "http://";
      document.querySelector("main")?.append(element);
      const message = await element.updateComplete.then(String, String);
      element.client = fake;
      await element.updateComplete;
      return [message, element.shadowRoot?.querySelector("section") !== null] as const;
    });
    expect(message).toBe("TypeError: baseUrl must be an absolute URL");
    expect(drawn).toBe(true);
    await page.context().close();
  });
});

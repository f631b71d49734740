import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { openStage, type Stage } from "./stage.js";

declare global {
  var axeHere: typeof axe;
}

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const STATES: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  list: (page) => page.evaluate(() => mount()),
  loading: (page) =>
    page.evaluate(() => {
      fake.answers.list = "hang";
      mount();
    }),
  alone: (page) => page.evaluate(() => mount({}, [sample("me", { current: true })])),
  offline: async (page) => {
    await page.evaluate(() => mount());
    await page.locator("li").first().waitFor();
    await page.evaluate(() => {
      fake.answers.list = "offline";
      fake.changed();
    });
    await page.getByRole("alert").waitFor();
  },
  failed: async (page) => {
    await page.evaluate(() => {
      fake.answers.list = "broken";
      mount();
    });
    await page.getByRole("alert").waitFor();
  },
  reauthentication: async (page) => {
    await page.evaluate(() => {
      fake.answers.list = "fresh";
      mount();
    });
    await page.getByRole("alert").waitFor();
  },
  question: async (page) => {
    await page.evaluate(() => mount());
    await page.getByRole("button", { name: "Sign out Kitchen iPad" }).click();
  },
  "question that failed": async (page) => {
    await page.evaluate(() => {
      fake.answers.revoke = "broken";
      mount();
    });
    await page.getByRole("button", { name: "Sign out Kitchen iPad" }).click();
    await page.locator("[part~=confirm-button]").click();
    await page.getByRole("alert").waitFor();
  },
  renaming: async (page) => {
    await page.evaluate(() => {
      fake.answers.rename = "broken";
      mount();
    });
    await page.getByRole("button", { name: "Rename Kitchen iPad" }).click();
    await page.keyboard.type("x");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
  },
  "devices and API keys": (page) =>
    page.evaluate(() =>
      mount({}, [
        sample("here", { current: true, deviceId: "d", level: "aal2" }),
        sample("acting", { deviceId: "d", actor: sampleActing() }),
        sample("app", { kind: "mobile" }),
        sampleApiKey("key", { scopes: ["orders:read", "orders:write"] }),
      ]),
    ),
  "API keys": (page) => page.evaluate(() => mountKeys({}, [sampleApiKey("key")])),
  "no API keys": (page) => page.evaluate(() => mountKeys({}, [])),
  "the form for an API key": async (page) => {
    await page.evaluate(() => mountKeys({ scopes: "orders:read orders:write" }, []));
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByRole("textbox").waitFor();
  },
  "an API key that is to be revoked": async (page) => {
    await page.evaluate(() => mountKeys({}, [sampleApiKey("key")]));
    await page.getByRole("button", { name: "Revoke Nightly export" }).click();
    await page.getByRole("dialog").waitFor();
  },
  "a new API key that failed": async (page) => {
    await page.evaluate(() => {
      fake.answers.create = "fresh";
      mountKeys({ scopes: "orders:read orders:write" });
    });
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.keyboard.type("Deploy\n");
    await page.getByRole("alert").waitFor();
  },
  "a new API key": async (page) => {
    await page.evaluate(() => mountKeys());
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.keyboard.type("Deploy\n");
    await page.getByRole("button", { name: "Copy" }).waitFor();
  },
  "signed out": async (page) => {
    await page.evaluate(() => mount({ "sign-in-url": "/" }));
    await page.locator("li").first().waitFor();
    await page.evaluate(() =>
      fake.end({ reason: "revoked", by: { kind: "user", device: "Safari" } }),
    );
    await page.getByRole("link", { name: "Sign in" }).waitFor();
  },
};

let stage: Stage;
describe.skipIf(!browserAvailable)("for everyone", () => {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  const violations = async (page: Page): Promise<readonly string[]> => {
    await page.evaluate(`(() => { ${source}; globalThis.axeHere = globalThis.axe; })()`);
    return await page.evaluate(async () => {
      const { violations: found } = await axeHere.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      });
      return found.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n")}`,
      );
    });
  };

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [state, reach] of Object.entries(STATES)) {
      test(`axe has nothing to say, ${colorScheme}, ${state}`, async () => {
        const page = await stage.open({ colorScheme, reducedMotion: "reduce" });
        await reach(page);
        expect(await violations(page)).toEqual([]);
        await page.context().close();
      });
    }
  }

  test("axe sees into the element: a worse contrast is found", async () => {
    const page = await stage.open({}, { style: "rollcall-sessions { --rollcall-quiet: #bbb }" });
    await page.evaluate(() => mount());
    await page.locator("li").first().waitFor();
    expect((await violations(page)).join()).toContain("color-contrast");
    await page.context().close();
  });

  const LAYOUTS = [
    ["320 px", 320, 1, "en", ""],
    ["320 px, right to left", 320, 1, "ar", ""],
    ["640 px at 200 %", 320, 2, "de", ""],
    ["640 px with text of 200 %", 640, 1, "es", ":root { font-size: 200% }"],
    ["1280 px", 1280, 1, "fr", ""],
  ] as const;
  for (const [name, width, deviceScaleFactor, lang, style] of LAYOUTS) {
    test(`nothing is cut off or needs sideways scrolling: ${name}`, async () => {
      const page = await stage.open(
        { viewport: { width, height: 700 }, deviceScaleFactor },
        { lang, style },
      );
      await page.evaluate(() => mount());
      await page.locator("li").nth(4).waitFor();
      const cut = async (): Promise<readonly string[]> =>
        page.evaluate(() => {
          const root = document.querySelector("rollcall-sessions")?.shadowRoot;
          const inner = document.documentElement.clientWidth;
          const outside = [...(root?.querySelectorAll("*") ?? [])].filter((element) => {
            const { left, right, width: wide } = element.getBoundingClientRect();
            const row = element.closest("li")?.getBoundingClientRect();
            // The dots before the parts of a line are meant to be out of sight.
            return (
              wide > 1 &&
              !element.closest(".line") &&
              (left < (row?.left ?? 0) - 0.5 || right > (row?.right ?? inner) + 0.5)
            );
          });
          if (document.documentElement.scrollWidth > inner) return ["the page"];
          return outside.map(({ outerHTML }) => outerHTML);
        });
      expect(await cut()).toEqual([]);
      await page.locator("[part~=rename-button]").nth(1).click();
      expect(await cut()).toEqual([]);
      await page.keyboard.press("Escape");
      await page.locator("[part~=sign-out-button]").nth(1).click();
      expect(await cut()).toEqual([]);
      await page.context().close();
    });
  }

  for (const [name, width, deviceScaleFactor, lang, style] of LAYOUTS) {
    test(`nothing of the API keys is cut off either: ${name}`, async () => {
      const page = await stage.open(
        { viewport: { width, height: 700 }, deviceScaleFactor },
        { lang, style },
      );
      await page.evaluate(() =>
        mountKeys({ scopes: "orders:read orders:write" }, [
          sampleApiKey("key", { scopes: ["orders:read", `${"w".repeat(80)}`] }),
        ]),
      );
      const isCut = (): Promise<boolean> =>
        page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      await page.locator("li").first().waitFor();
      expect(await isCut()).toBe(false);
      await page.locator("[part~=create-button]").click();
      expect(await isCut()).toBe(false);
      await page.keyboard.type("Deploy\n");
      await page.locator("[part=key]").waitFor();
      expect(await isCut()).toBe(false);
      await page.context().close();
    });
  }

  test("what is pressed is large enough to be hit", async () => {
    const page = await stage.open({ viewport: { width: 320, height: 700 } });
    await page.evaluate(() => mount());
    await page.locator("li").nth(4).waitFor();
    const sizes = await page
      .locator("rollcall-sessions button")
      .evaluateAll((all) => all.map((one) => Math.min(one.clientWidth, one.clientHeight) + 2));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(36);
    await page.context().close();
  });

  test("right to left is a mirror image", async () => {
    const page = await stage.open({}, { lang: "ar" });
    await page.evaluate(() => mount());
    const icon = page.locator("li .icon").first();
    const button = page.locator("[part~=sign-out-button]").first();
    await expect
      .poll(async () => (await button.boundingBox())?.x)
      .toBeLessThan((await icon.boundingBox())?.x ?? 0);
    // A name of ours runs as the language does: the browser stands right of the system.
    const name = page.locator('[data-id="phone"] .name');
    expect(await name.getAttribute("dir")).toBe("rtl");
    expect(await page.locator('[data-id="tablet"] .name').getAttribute("dir")).toBe("auto");
    await page.context().close();
  });

  test("moves nothing for those who asked for that", async () => {
    const moving = async (reducedMotion: "reduce" | "no-preference"): Promise<number> => {
      const page = await stage.open({ reducedMotion });
      await page.evaluate(() => {
        fake.answers.list = "hang";
        mount();
      });
      const bone = page.locator(".bone").first();
      await bone.waitFor();
      const moved = await bone.evaluate((one) => one.getAnimations().length);
      await page.context().close();
      return moved;
    };
    expect(await moving("no-preference")).toBe(1);
    expect(await moving("reduce")).toBe(0);
  });

  test("shows icons and edges in forced colours", async () => {
    const page = await stage.open({ forcedColors: "active" });
    await page.evaluate(() => mount());
    const icon = page.locator("li .icon").first();
    await icon.waitFor();
    expect(await icon.evaluate((one) => getComputedStyle(one).borderTopWidth)).toBe("1px");
    const button = page.locator("[part~=rename-button]").first();
    expect(await button.evaluate((one) => getComputedStyle(one).borderTopColor)).toBe(
      "rgb(0, 0, 0)",
    );
    await page.context().close();
  });
});

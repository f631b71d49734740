import { ADA, FIREFOX, signInAndSee, signInElsewhere } from "./demo.mjs";
import { ask } from "./element-states.mjs";

const HTML = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;
/** Ends isolates that it never began, then turns everything after it. */
const OVERRIDE = "\u2069\u2069\u202eturns what follows";

const plain = (looks) => ({ looks, act: ({ page }) => signInAndSee(page) });

const asking = (looks) => ({
  of: "page",
  looks,
  async act({ page }) {
    await signInAndSee(page);
    await ask(page, "Sign out all others");
  },
});

function inLanguage(lang, looks = {}) {
  return {
    looks: { ...looks, locale: lang },
    async act({ page }) {
      await page.evaluate((tag) => {
        document.documentElement.lang = tag;
        if (tag === "ar") document.documentElement.dir = "rtl";
      }, lang);
      await signInAndSee(page);
      await page.waitForFunction(
        (tag) =>
          document.querySelector("rollcall-sessions")?.shadowRoot?.querySelector("section")
            ?.lang === tag,
        lang,
      );
    },
  };
}

/** The same list to other eyes, on other devices and in other languages. */
export const elementLooks = {
  "ask-dark": asking({ colorScheme: "dark", viewport: { width: 860, height: 560 } }),
  "forced-colors": plain({ forcedColors: "active", colorScheme: "dark" }),
  "ask-narrow": asking({ viewport: { width: 320, height: 560 } }),
  narrow: plain({ viewport: { width: 320, height: 900 } }),
  "zoom-200": {
    ...plain({ viewport: { width: 430, height: 450 }, deviceScaleFactor: 2 }),
    of: "page",
  },
  arabic: inLanguage("ar"),
  german: inLanguage("de"),
  japanese: inLanguage("ja"),
  hostile: {
    own: true,
    async act({ page, url }) {
      const userAgents = [HTML.repeat(9), "W".repeat(512), FIREFOX, FIREFOX];
      const names = [null, null, HTML, OVERRIDE, "W".repeat(64)];
      for (const [i, name] of names.entries()) {
        const device = await signInElsewhere(url, ADA, userAgents[i] ?? FIREFOX);
        if (name !== null) await device.rename(name);
      }
      await signInAndSee(page, ADA);
    },
  },
};

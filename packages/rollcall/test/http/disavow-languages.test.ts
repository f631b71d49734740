import { expect, test } from "vitest";
import { translations } from "../../src/element/texts/translations.js";
import { user } from "../support/sessions.js";
import { type App, ORIGIN, openApp } from "./app.js";

const html = "text/html";

/** An application, and the path of a link of a session. */
async function linked(): Promise<App & { readonly path: string }> {
  const app = openApp({ cookies: true, origin: ORIGIN, disavow: true });
  const { session } = await app.sessions.start(user, { deviceId: "phone" });
  return { ...app, path: app.http.disavowLink(session.id).slice(ORIGIN.length) };
}

const CASES: readonly (readonly [accepted: string | undefined, lang: string])[] = [
  [undefined, "en"],
  ["", "en"],
  ["de-AT,de;q=0.9,en;q=0.8", "de"],
  ["nl,fr-CA;q=0.7,en;q=0.3", "fr"],
  ["en;q=0.2, ES;q=0.9", "es"],
  ["ja;q=0, zh-Hant-TW", "zh"],
  ["nl, *", "en"],
  ["ja;q=0", "en"],
  ["ar", "ar"],
  [`${"x".repeat(5000)},"><script>;q=9`, "en"],
];

test.each(CASES)("the page for a browser that accepts %s is in %s", async (accepted, lang) => {
  const { call, path } = await linked();
  const headers = {
    Accept: html,
    ...(accepted === undefined ? {} : { "Accept-Language": accepted }),
  };
  const { text, headers: answered } = await call("GET", path, { headers });
  const direction = lang === "ar" ? "rtl" : "ltr";
  expect(text).toContain(`<html lang="${lang}" dir="${direction}">`);
  expect(answered.get("vary")).toBe("Accept-Language");
});

test("every page is in each language of the screen, and in no two alike", async () => {
  const seen = new Set<string>();
  const languages = Object.keys(translations);
  expect(languages).toHaveLength(7);
  for (const lang of languages) {
    const { call, path } = await linked();
    const headers = { Accept: html, "Accept-Language": lang };
    const pages = [
      await call("GET", path, { headers }),
      await call("POST", path, { headers }),
      await call("POST", path, { headers }),
      await call("GET", "/auth/disavow?token=none", { headers }),
    ];
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 400]);
    for (const { text } of pages) {
      expect(text).toContain(`lang="${lang}"`);
      seen.add(text.replace(/token=[^"]+/, "").replace(/lang="\w+"/, ""));
    }
  }
  expect(seen.size).toBe(4 * 7);
});

import { readdirSync, readFileSync } from "node:fs";
import type { Texts } from "rollcall/element";
import { afterEach, describe, expect, test, vi } from "vitest";
import { keyTranslations } from "../../src/element/api-keys/texts/translations.js";
import { texts as english } from "../../src/element/texts/en.js";
import { translations } from "../../src/element/texts/translations.js";

const FOLDER = new URL("../../src/element/texts/", import.meta.url);
const files = readdirSync(FOLDER)
  .filter((file) => /^[a-z]{2}\.ts$/.test(file))
  .map((file) => file.slice(0, 2));

/** A registry of its own for each test. */
async function registry() {
  vi.resetModules();
  return await import("../../src/element/texts/languages.js");
}

afterEach(() => vi.resetModules());

describe("the languages", () => {
  test("are the seven that are promised", () => {
    expect(files).toEqual(["ar", "de", "en", "es", "fr", "ja", "zh"]);
    expect(Object.keys(translations)).toEqual(files);
  });

  test("have no text that nothing shows", () => {
    const folder = new URL("../", FOLDER);
    const shown = ["", "api-keys/"]
      .flatMap((inside) => readdirSync(new URL(inside, folder)).map((file) => inside + file))
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(new URL(file, folder), "utf8"))
      .join("\n");
    const keys = [...Object.keys(english), ...Object.keys(keyTranslations["en"] ?? {})];
    const unused = keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(shown));
    expect(unused).toEqual([]);
  });

  test.each(files)("%s says everything, and has places for what is filled in", async (file) => {
    const { texts }: { texts: Texts } = await import(`../../src/element/texts/${file}.ts`);
    const { direction, labels, keys, ...said } = texts;
    // The application's own names, and what it adds.
    expect([labels, keys]).toEqual([undefined, undefined]);
    expect(direction).toBe(file === "ar" ? "rtl" : undefined);
    expect(Object.keys(said)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(said)) {
      const places = (of: string): readonly string[] => of.match(/\{\w+\}/g)?.toSorted() ?? [];
      const same = Object.entries(english).find(([name]) => name === key)?.[1] ?? "";
      expect([key, places(text)]).toEqual([key, places(same)]);
      expect(text.trim()).toBe(text);
      expect(text).not.toBe("");
    }
    // The words on a button are found in its full name: what is seen can be spoken (WCAG 2.5.3).
    const [signOut, named] = [said.signOut, said.signOutNamed].map((text) => text.toLowerCase());
    expect(named).toContain(signOut);
    // In French a space that does not break stands before these.
    if (file === "fr") expect(Object.values(said).join()).not.toMatch(/[^\u00a0\u202f][?:!;]/);
    if (file !== "en") expect(said.title).not.toBe(english.title);
    for (const [button, full] of [[said.revoke, said.revokeNamed]] as const) {
      expect(full.toLowerCase()).toContain(button.toLowerCase());
    }
  });

  test.each(files)("%s says everything of API keys, too", async (file) => {
    const said = keyTranslations[file];
    const english = keyTranslations["en"];
    expect(Object.keys(said ?? {})).toEqual(Object.keys(english ?? {}));
    for (const [key, text] of Object.entries(said ?? {})) {
      expect([key, text.match(/\{\w+\}/g)]).toEqual([key, key === "made" ? ["{name}"] : null]);
      expect(text.trim()).toBe(text);
      expect(text).not.toBe("");
    }
    if (file !== "en") expect(said?.create).not.toBe(english?.create);
  });
});

describe("finding a language", () => {
  test("by the closest that there is; dates keep the full tag", async () => {
    const { languageOf } = await registry();
    expect(languageOf("en-GB")).toMatchObject({ tag: "en", locale: "en-GB" });
    const german = languageOf("de-AT");
    expect(german).toMatchObject({ tag: "de", locale: "de-AT" });
    expect(german.texts.title).toBe("Wo du angemeldet bist");
    expect(languageOf("DE").tag).toBe("de");
    expect(languageOf("zh-CN")).toMatchObject({ tag: "zh", locale: "zh-CN" });
    expect(languageOf("zh-Hans-HK")).toMatchObject({ tag: "zh", locale: "zh-Hans-HK" });
  });

  const traditional = ["zh-Hant", "zh-Hant-TW", "zh-TW", "zh-hk", "zh-MO"];
  test.each(["xx", "", "-", "nonsense!", "toString", "en_US", ...traditional])(
    "%j is English",
    async (tag) => {
      const { languageOf } = await registry();
      const language = languageOf(tag);
      expect(language.tag).toBe("en");
      expect(() => new Intl.DateTimeFormat(language.locale)).not.toThrow();
    },
  );

  test("one that is added fills its gaps with English, and is told of", async () => {
    const { addLanguage, languageOf, onTexts } = await registry();
    let told = 0;
    const stop = onTexts(() => told++);
    addLanguage("nl", { title: "Waar je bent ingelogd" });
    const { tag, texts } = languageOf("nl-BE");
    expect([tag, texts.title, texts.save]).toEqual(["nl", "Waar je bent ingelogd", "Save"]);
    stop();
    addLanguage("nl", { save: "Opslaan" });
    expect(languageOf("nl").texts).toMatchObject({
      title: "Waar je bent ingelogd",
      save: "Opslaan",
    });
    expect(told).toBe(1);
  });

  test("single texts of one that is there can be replaced", async () => {
    const { addLanguage, languageOf } = await registry();
    addLanguage("de", { title: "Ihre Anmeldungen" });
    expect(languageOf("de").texts).toMatchObject({ title: "Ihre Anmeldungen", save: "Speichern" });
  });

  test("a dialect of its own goes before its language", async () => {
    const { addLanguage, languageOf } = await registry();
    addLanguage("zh-Hant", { title: "登入的裝置" });
    expect(languageOf("zh-Hant-TW")).toMatchObject({ tag: "zh-hant", locale: "zh-Hant-TW" });
  });
});

import type { Texts } from "./texts.js";
import { translations } from "./translations.js";

const known: ReadonlyMap<string, Texts> = new Map(Object.entries(translations));
const added = new Map<string, Partial<Texts>>();
const listeners = new Set<() => void>();

/** What to show, and how dates and numbers are written. */
export interface Language {
  /** Of the texts, such as `de`. */
  readonly tag: string;
  /** Of dates and numbers, such as `de-AT`. */
  readonly locale: string;
  readonly texts: Texts;
}

/**
 * Adds a language, or replaces texts of one that is there. What is left out stays English.
 *
 * @example
 * ```ts
 * import { addLanguage } from "rollcall/element";
 *
 * addLanguage("nl", { title: "Waar je bent ingelogd", signOut: "Uitloggen" });
 * ```
 */
export function addLanguage(tag: string, texts: Partial<Texts>): void {
  const key = tag.toLowerCase();
  added.set(key, { ...added.get(key), ...texts });
  for (const listener of listeners) listener();
}

/** Calls when texts were added. Returns the function that stops it. */
export function onTexts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * The language for a tag such as `de-AT`: the closest that there is, else English. Dates keep the
 * full tag, so that Austria's January stays "Jänner".
 */
export function languageOf(tag: string): Language {
  for (let key = tag.toLowerCase(); key !== ""; key = key.replace(/-?[^-]*$/, "")) {
    // The Chinese here is written in simplified characters.
    if (key === "zh" && /^zh-(hant|tw|hk|mo)/i.test(tag)) break;
    if (known.has(key) || added.has(key)) return languageNamed(key, tag);
  }
  return languageNamed("en", "en");
}

function languageNamed(key: string, tag: string): Language {
  return {
    tag: key,
    locale: isLocale(tag) ? tag : isLocale(key) ? key : "en",
    texts: { ...translations.en, ...known.get(key), ...added.get(key) },
  };
}

/** Pages write anything into `lang`, and Intl throws at what is no tag. */
function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

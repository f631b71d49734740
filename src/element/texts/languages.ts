import { texts as english } from "./en.js";
import type { Texts } from "./texts.js";

/** Fetched when a page needs them: nobody reads seven languages at once. */
const loaders: Readonly<Record<string, () => Promise<{ readonly texts: Texts }>>> = {
  ar: () => import("./ar.js"),
  de: () => import("./de.js"),
  es: () => import("./es.js"),
  fr: () => import("./fr.js"),
  ja: () => import("./ja.js"),
  zh: () => import("./zh.js"),
};

const loaded = new Map<string, Texts>([["en", english]]);
const loading = new Set<string>();
const added = new Map<string, Partial<Texts>>();
const listeners = new Set<() => void>();

/** What to show, and how dates and numbers are written. */
export interface Language {
  /** Of the texts, such as `de`. */
  readonly tag: string;
  /** Of dates and numbers, such as `de-AT`. */
  readonly locale: string;
  readonly texts: Texts;
  /** Whether the texts are on their way, and others stand in. */
  readonly pending: boolean;
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
  tell();
}

/** Calls when texts have arrived. Returns the function that stops it. */
export function onTexts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * The language for a tag such as `de-AT`: the closest that there is, else English. Dates keep the
 * full tag, so that Austria's January stays "Jänner".
 */
export function languageOf(tag: string): Language {
  const parts = tag.toLowerCase().split("-");
  while (parts.length > 0) {
    const key = parts.join("-");
    if (key in loaders || loaded.has(key) || added.has(key)) return languageNamed(key, tag);
    parts.pop();
  }
  return languageNamed("en", "en");
}

function languageNamed(key: string, tag: string): Language {
  const load = loaders[key];
  if (load !== undefined && !loaded.has(key) && !loading.has(key)) void fetchTexts(key, load);
  return {
    tag: key,
    locale: isLocale(tag) ? tag : isLocale(key) ? key : "en",
    texts: { ...english, ...loaded.get(key), ...added.get(key) },
    pending: loading.has(key),
  };
}

async function fetchTexts(
  key: string,
  load: () => Promise<{ readonly texts: Texts }>,
): Promise<void> {
  loading.add(key);
  try {
    const { texts } = await load();
    loaded.set(key, texts);
  } catch {
    // The page has no such file, or no connection: English is better than nothing.
    loaded.set(key, english);
  }
  loading.delete(key);
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

/** Pages write anything into `lang`, and Intl throws at what is no tag. */
function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

import { texts as ar } from "./ar.js";
import { texts as de } from "./de.js";
import { texts as en } from "./en.js";
import { texts as es } from "./es.js";
import { texts as fr } from "./fr.js";
import { texts as ja } from "./ja.js";
import type { Texts } from "./texts.js";
import { texts as zh } from "./zh.js";

/** The languages that the element speaks, by their tags. Together they weigh 4 kB. */
export const translations: Readonly<Record<"ar" | "de" | "en" | "es" | "fr" | "ja" | "zh", Texts>> =
  { ar, de, en, es, fr, ja, zh };

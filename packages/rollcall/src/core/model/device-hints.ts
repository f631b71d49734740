import { HARMLESS } from "./device-names.js";
import type { Json } from "./json.js";

/** What we understand of User-Agent Client Hints (WICG UA-CH). */
export interface ReadHints {
  /** The system, by the name people know it by. */
  readonly system: string | null;
  /** The browser; `null` where only its engine is named. */
  readonly browser: string | null;
  readonly isMobile: boolean | null;
  readonly model: string;
}

/** Longer hints are ignored. */
const READ_LENGTH = 256;

const SYSTEMS: Readonly<Record<string, string>> = {
  Android: "Android",
  "Chrome OS": "ChromeOS",
  "Chromium OS": "ChromeOS",
  ChromeOS: "ChromeOS",
  Fuchsia: "Fuchsia",
  iOS: "iOS",
  iPadOS: "iPadOS",
  Linux: "Linux",
  macOS: "macOS",
  Tizen: "Tizen",
  Windows: "Windows",
};

const BRANDS: Readonly<Record<string, string>> = {
  "Google Chrome": "Chrome",
  HeadlessChrome: "Headless Chrome",
  Yandex: "Yandex Browser",
  YaBrowser: "Yandex Browser",
  "Oculus Browser": "Meta Quest Browser",
  HuaweiBrowser: "Huawei Browser",
  "Amazon Silk": "Silk",
};

/** Engines, and the made-up brands that keep servers from relying on the list (UA-CH §6.2). */
const NO_BRAND = /^(?:Chromium|Android WebView|Microsoft Edge WebView2)$|not.?a.?brand/i;

/** Reads hints as `deviceFromRequest` records them; anything else is ignored. */
export function readHints(hints: Json | undefined): ReadHints {
  const platform = textOf(hints, "platform");
  const known = Object.hasOwn(SYSTEMS, platform) ? SYSTEMS[platform] : undefined;
  const isEleven =
    known === "Windows" && Number.parseInt(textOf(hints, "platformVersion"), 10) >= 13;
  const mobile = textOf(hints, "mobile");
  return {
    system: isEleven ? "Windows 11" : (known ?? null),
    browser: brandOf(textOf(hints, "brands")),
    isMobile: mobile === "?1" ? true : mobile === "?0" ? false : null,
    model: textOf(hints, "model"),
  };
}

function brandOf(list: string): string | null {
  for (const [, brand = ""] of list.matchAll(/"([^"\\]{1,40})"/g)) {
    // A version stands in quotation marks too.
    if (NO_BRAND.test(brand) || /^\d/.test(brand) || !HARMLESS.test(brand)) continue;
    return Object.hasOwn(BRANDS, brand) ? (BRANDS[brand] ?? null) : brand;
  }
  return null;
}

function textOf(hints: Json | undefined, name: string): string {
  if (typeof hints !== "object" || hints === null || !Object.hasOwn(hints, name)) return "";
  const value: unknown = Reflect.get(hints, name);
  return typeof value === "string" ? value.slice(0, READ_LENGTH) : "";
}

import type { ReadHints } from "./device-hints.js";
import {
  APPS,
  BOTS,
  BROWSERS,
  HARMLESS,
  type NameRule,
  PROGRAM_NAMES,
  PROGRAMS,
  SCREENS,
  SYSTEMS,
} from "./device-names.js";

/** The kinds of device that a screen has an icon for. */
export type DeviceType = "desktop" | "mobile" | "tablet" | "tv" | "bot" | "cli" | "unknown";

/**
 * A short label, derived from the user agent and Client Hints (`deviceInfo.hints`). Clients can claim
 * anything, so it proves nothing. Safari on an iPad claims to be a Mac; an application that knows
 * better passes `hints: { platform: "iPadOS" }` at sign-in.
 */
export interface Device {
  readonly browser: string | null;
  readonly os: string | null;
  readonly type: DeviceType;
}

/**
 * What a person would call the device: by what stands at the front of its user agent if that is a
 * program or an app, else by its browser and system, where Client Hints know better than the frozen
 * user agent of Chromium (WICG UA-CH §1).
 */
export function labelOf(userAgent: string, hints: ReadHints): Device {
  const bot = botOf(userAgent);
  if (bot !== undefined) return { browser: bot, os: systemOf(userAgent, NO_SYSTEM), type: "bot" };
  const program = PROGRAMS.exec(userAgent)?.[1] ?? /PowerShell(?=\/)/.exec(userAgent)?.[0];
  if (program !== undefined) {
    const browser = PROGRAM_NAMES[program.toLowerCase()] ?? program;
    return { browser, os: systemOf(userAgent, NO_SYSTEM), type: "cli" };
  }
  const text = hints.model === "" ? userAgent : `${userAgent}; ${hints.model}`;
  const screen = nameIn(text, SCREENS);
  const app = nameIn(text, APPS) ?? appOf(userAgent);
  if (screen !== undefined) {
    const type = /Vita/.test(screen ?? "") ? "mobile" : "tv";
    return { browser: app ?? screenBrowser(userAgent), os: screen, type };
  }
  const os = systemOf(text, hints);
  const ownBrowser = browserOf(userAgent);
  const browser = app === undefined ? (hints.browser ?? ownBrowser) : app;
  if (browser === "Headless Chrome") return { browser, os, type: "bot" };
  return { browser, os, type: typeOf(text, os, hints) };
}

const NO_SYSTEM: Pick<ReadHints, "system"> = { system: null };

function nameIn(text: string, rules: readonly NameRule[]): string | null | undefined {
  return rules.find(([pattern]) => pattern.test(text))?.[1];
}

/** Cubot is a brand of phones, not a bot. */
const BOT = /\b(?!cubot)([a-z][\w-]{0,30}(?:bot|crawler|spider))(?![a-z])/i;

function botOf(text: string): string | undefined {
  return (
    nameIn(text, BOTS) ??
    (BOT.exec(text) ?? /\b(?:ChatGPT|Claude|Perplexity)-User\b/.exec(text))?.[0]
  );
}

/** Words in user agents that name an engine or a library rather than the program. */
const NOT_AN_APP =
  /^(?:Mozilla|AppleWebKit|Chrome|Chromium|Safari|Mobile|Version|Gecko|Electron|CFNetwork|Darwin|Dalvik|okhttp|Alamofire|Dart|Opera|Linux|Android|iOS|com\.apple\.\S*|AppleCoreMedia|HbbTV|ReactNative|Cronet|AndroidDownloadManager|Presto|KHTML|WebView|Build)$/i;

/** A map rather than an object, since an app may call itself `constructor`. */
const APP_NAMES: ReadonlyMap<string, string> = new Map([
  ["Code", "Visual Studio Code"],
  ["MobileSafari", "Safari"],
  ["Slack_SSB", "Slack"],
  ["discord", "Discord"],
  ["Microsoft Teams", "Teams"],
]);

/** The name an app gives itself: `null` if it has a user agent of an app's without one. */
function appOf(userAgent: string): string | null | undefined {
  const isElectron = /\bElectron\//.test(userAgent);
  if (userAgent === "" || (/^(?:Mozilla|Opera)\//.test(userAgent) && !isElectron)) return undefined;
  const parts = userAgent.replace(/\([^)]{0,200}\)/g, " ").split("/");
  for (const [index, word] of parts.entries()) {
    if (!/^\d/.test(parts[index + 1] ?? "")) continue;
    const name = cleanName(word);
    if (name === null || NOT_AN_APP.test(name)) continue;
    return APP_NAMES.get(name) ?? name;
  }
  if (isElectron) return "Electron";
  if (/\bDart\/\d/.test(userAgent)) return "Dart";
  return null;
}

/** Percent-encoded by Apple's networking; no control characters, none that turn the writing. */
function cleanName(word: string): string | null {
  let name = word.replace(/^\d\S*\s+/, "").trim();
  try {
    name = decodeURIComponent(name);
  } catch {
    // Not percent-encoded after all.
  }
  return HARMLESS.test(name) ? name : null;
}

function browserOf(text: string): string | null {
  const named = nameIn(text, BROWSERS);
  if (named !== undefined) return named;
  if (/\bChrome\//.test(text)) return "Chrome";
  if (/\bAndroid\b/.test(text) && /^(?=.*\bVersion\/\d).*\bSafari\//.test(text))
    return "Android Browser";
  // A view inside an app of Apple's systems has the engine alone.
  return /^(?=.*\bVersion\/\d).*\bSafari\//.test(text) ? "Safari" : null;
}

/** On televisions, only browsers that people know by name are named. */
function screenBrowser(text: string): string | null {
  return (
    nameIn(text, [
      [/\bEdg(?:e|A)?\//, "Microsoft Edge"],
      [/\bSamsungBrowser\//, "Samsung Internet"],
      [/^(?=.*\bSilk\/).*\blike Chrome\b/, "Silk"],
      [/\bFirefox\//, "Firefox"],
    ]) ?? null
  );
}

/** Systems whose hints name another system; their user agent is more precise. */
const KIN: Readonly<Record<string, readonly string[]>> = {
  Android: ["Fire OS", "HarmonyOS", "Horizon OS"],
  Linux: ["Tizen", "KaiOS", "Horizon OS"],
};

function systemOf(text: string, { system }: Pick<ReadHints, "system">): string | null {
  const own = nameIn(text, SYSTEMS) ?? appleSystem(text);
  if (system === null || (own !== null && KIN[system]?.includes(own))) return own;
  return system;
}

/** `CFNetwork/… Darwin/…`: the same on all of Apple's; what names an Intel processor is a Mac. */
function appleSystem(text: string): string | null {
  if (/\bCFNetwork\//.test(text)) return /\bx86_64\b/.test(text) ? "macOS" : "iOS";
  // The HTTP client of nearly every app for Android.
  return /\bokhttp\/|\bDalvik\//i.test(text) ? "Android" : null;
}

const TABLET =
  /\biPad|\bTablet\b|\bKF[A-Z]{2,}|\bKindle\b|\bPlayBook\b|\bSM-[TX]\d{3}|\bGT-P\d{4}|\bNexus (?:7|9|10)\b|\bPixel (?:C|Tablet)\b/i;
const PHONES = new Set(["iOS", "Windows Phone", "KaiOS", "Android", "HarmonyOS"]);
const DESKTOPS = new Set(["Windows", "Windows 11", "macOS", "Linux", "ChromeOS", "BSD"]);

function typeOf(text: string, os: string | null, { isMobile }: ReadHints): DeviceType {
  if (
    os === "iPadOS" ||
    os === "Fire OS" ||
    (os !== null && !DESKTOPS.has(os) && TABLET.test(text))
  ) {
    return "tablet";
  }
  if (os === "watchOS" || isMobile === true) return "mobile";
  if (os !== null && DESKTOPS.has(os)) return "desktop";
  if (os !== null && PHONES.has(os)) return isPhone(text, os, isMobile) ? "mobile" : "tablet";
  return /\bMobile\b/.test(text) ? "mobile" : "unknown";
}

/** Android's browsers say Mobile on telephones alone; apps say neither. */
function isPhone(text: string, os: string, isMobile: boolean | null): boolean {
  if (os !== "Android" && os !== "HarmonyOS") return true;
  const isAndroidBrowser = /^Mozilla\/.*\bAndroid\b/.test(text) && !/\bMobi/.test(text);
  return !(isMobile === false || isAndroidBrowser);
}

import Bowser from "bowser";
import type { JsonObject } from "./json.js";

/** What the application recorded of a device at sign-in; keys of its own are kept too. */
export interface DeviceInfo extends JsonObject {
  readonly userAgent?: string;
  readonly ip?: string;
  readonly deviceId?: string;
}

/** The kinds of device that a screen has an icon for. */
export type DeviceType = "desktop" | "mobile" | "tablet" | "tv" | "bot" | "cli" | "unknown";

/** A short label, parsed from the user agent. A claim of the client's, never a proof. */
export interface Device {
  readonly browser: string | null;
  readonly os: string | null;
  readonly type: DeviceType;
}

const UNKNOWN: Device = { browser: null, os: null, type: "unknown" };

/** Programs that people run in a terminal or in scripts; the parser knows browsers only. */
const COMMAND_LINE =
  /^(curl|wget|httpie|xh|node|undici|axios|got|deno|bun|python-requests|python-urllib|python-httpx|aiohttp|go-http-client|okhttp|postmanruntime|insomnia|java|libwww-perl|ruby|rollcall)\b/i;

/** Longer user agents are cut before parsing, since the parser's patterns run over all of it. */
const PARSED_LENGTH = 512;

/** Reads a label out of what was recorded. Never throws, whatever was recorded. */
export function parseDevice(info: DeviceInfo | null): Device {
  const userAgent: unknown = info?.userAgent;
  if (typeof userAgent !== "string" || userAgent === "") return UNKNOWN;
  const text = userAgent.slice(0, PARSED_LENGTH);
  const program = COMMAND_LINE.exec(text)?.[1];
  if (program !== undefined) return { browser: program, os: null, type: "cli" };
  const { browser, os, platform } = Bowser.parse(text);
  return {
    browser: browser.name || null,
    os: os.name || null,
    type: deviceType(platform.type),
  };
}

function deviceType(type: string | undefined): DeviceType {
  switch (type) {
    case "desktop":
    case "mobile":
    case "tablet":
    case "tv":
    case "bot":
      return type;
    default:
      return "unknown";
  }
}

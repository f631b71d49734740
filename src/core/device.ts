import Bowser from "bowser";
import { plainText } from "./argument.js";
import { type JsonObject, jsonObject } from "./json.js";

/** What the application recorded of a device at sign-in; keys of its own are kept too. */
export interface DeviceInfo extends JsonObject {
  readonly userAgent?: string | undefined;
  readonly ip?: string | undefined;
  readonly deviceId?: string | undefined;
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

/** No address is longer; what claims to be one may be. */
const LONGEST_IP = 64;

/**
 * Copies what was recorded of a device.
 *
 * @throws TypeError naming the field at fault.
 */
export function checkedDevice(device: DeviceInfo | undefined): DeviceInfo | null {
  if (device === undefined) return null;
  const copy: DeviceInfo = jsonObject(device, "device");
  for (const name of ["userAgent", "ip", "deviceId"] as const) {
    if (copy[name] !== undefined && typeof copy[name] !== "string") {
      throw new TypeError(`device.${name} must be text, or left out`);
    }
  }
  return copy;
}

/** An address as it is stored: cut, should it be longer than any. @throws TypeError naming `label`. */
export function checkedIp(ip: string | undefined, label: string): string | null {
  if (ip === undefined || ip === "") return null;
  const text = plainText(ip, Number.POSITIVE_INFINITY, label);
  return text.slice(0, LONGEST_IP).toWellFormed();
}

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

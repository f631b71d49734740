import { plainText } from "./argument.js";
import { readHints } from "./device-hints.js";
import { type Device, labelOf } from "./device-label.js";
import { type JsonObject, jsonObject } from "./json.js";

/** What the application recorded about a device at sign-in. Additional keys are kept. */
export interface DeviceInfo extends JsonObject {
  readonly userAgent?: string | undefined;
  readonly ip?: string | undefined;
  readonly deviceId?: string | undefined;
}

const UNKNOWN: Device = Object.freeze({ browser: null, os: null, type: "unknown" });

/** Longer user agents are cut before they are parsed, since the patterns scan all of it. */
const READ_LENGTH = 512;
/** How many parsed devices are remembered: a list parses every row, and many are alike. */
const MOST_REMEMBERED = 256;
const remembered = new Map<string, Device>();

/** No IP address is longer. */
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
      throw new TypeError(`device.${name} must be a string, or left out`);
    }
  }
  return copy;
}

/** An address as it is stored, cut to the longest possible. @throws TypeError naming `label`. */
export function checkedIp(ip: string | undefined, label: string): string | null {
  if (ip === undefined || ip === "") return null;
  const text = plainText(ip, Number.POSITIVE_INFINITY, label);
  return text.slice(0, LONGEST_IP).toWellFormed();
}

/** A user agent as it is kept to notice a change of it. `null`: not known. */
export function seenUserAgent(userAgent: unknown): string | null {
  if (typeof userAgent !== "string" || userAgent === "") return null;
  return userAgent.slice(0, READ_LENGTH).toWellFormed();
}

/** Derives a label from what was recorded. Never throws, whatever was recorded. */
export function parseDevice(info: DeviceInfo | null): Device {
  const userAgent: unknown = info?.userAgent;
  const text = typeof userAgent === "string" ? userAgent.slice(0, READ_LENGTH) : "";
  const hints = readHints(info?.["hints"]);
  const { system, browser, isMobile, model } = hints;
  if (text === "" && system === null && browser === null) return UNKNOWN;
  const key = [text, system, browser, isMobile, model].join("\0");
  let device = remembered.get(key);
  if (device === undefined) {
    device = Object.freeze(labelOf(text, hints));
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(key, device);
  }
  return device;
}

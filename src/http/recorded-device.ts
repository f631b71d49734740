import type { DeviceInfo } from "../core/device.js";
import { MAX_JSON_BYTES } from "../core/json.js";

/**
 * What a sign-in records of a device: what the application gives, over what the request says. Where
 * there is no room for both, what the request says is left out, the least telling first.
 */
export function recordedDevice(read: DeviceInfo, given: DeviceInfo | undefined): DeviceInfo {
  // What is no object is for `start` to refuse by name, and not to be spread.
  if (given === undefined || !isObject(given)) return given ?? read;
  const { hints: _, ...withoutHints } = read;
  const { userAgent: __, ...addressAlone } = withoutHints;
  for (const kept of [read, withoutHints, addressAlone]) {
    const both = { ...kept, ...given };
    if (fits(both)) return both;
  }
  return given;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fits(value: DeviceInfo): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(value)) <= MAX_JSON_BYTES;
  } catch {
    return false;
  }
}

import { isObject } from "../core/model/argument.js";
import type { DeviceInfo } from "../core/model/device.js";
import { MAX_JSON_BYTES } from "../core/model/json.js";

/**
 * What a sign-in records of a device: what the application gives, over what the request says. Where
 * there is no room for both, what the request says is left out, the least telling first.
 */
export function recordedDevice(read: DeviceInfo, given: DeviceInfo | undefined): DeviceInfo {
  // What is no object is for `start` to refuse by name, and not to be spread.
  if (given === undefined || !isObject(given)) return given ?? read;
  const { hints, ...withoutHints } = read;
  const { userAgent: _, ...addressAlone } = withoutHints;
  const own = given["hints"];
  // Who knows one hint better, a model say, does not unsay the others.
  const both = isObject(hints) && isObject(own) ? { hints: { ...hints, ...own } } : {};
  const most = { ...read, ...given, ...both };
  if (fits(most)) return most;
  for (const kept of [withoutHints, addressAlone]) {
    const fewer = { ...kept, ...given };
    if (fits(fewer)) return fewer;
  }
  return given;
}

function fits(value: DeviceInfo): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(value)) <= MAX_JSON_BYTES;
  } catch {
    return false;
  }
}

import { isObject } from "../core/model/argument.js";
import type { DeviceInfo } from "../core/model/device.js";
import { MAX_JSON_BYTES } from "../core/model/json.js";

/**
 * The device that a sign-in records: what the application gives takes precedence over what the
 * request tells. If both do not fit, parts of the request's are left out, the least useful first.
 */
export function recordedDevice(read: DeviceInfo, given: DeviceInfo | undefined): DeviceInfo {
  // `start` refuses anything but an object, so it must not be spread here.
  if (given === undefined || !isObject(given)) return given ?? read;
  const { hints, ...withoutHints } = read;
  const { userAgent: _, ...addressAlone } = withoutHints;
  const own = given["hints"];
  // Hints are merged one by one: giving a better model keeps the others.
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

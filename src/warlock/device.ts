import type { DeviceInfo as CoreDeviceInfo } from "../core/device.js";
import { deviceText } from "../http/device-text.js";
import type { DeviceInfo } from "./configurations.js";

/** What is kept of a device: the three that the package keeps. */
export function deviceOf(given: DeviceInfo | null | undefined): CoreDeviceInfo | undefined {
  if (!given) return undefined;
  const kept: { userAgent?: string; ip?: string; deviceId?: string } = {};
  for (const key of ["userAgent", "ip", "deviceId"] as const) {
    const value: unknown = given[key];
    const text = typeof value === "string" ? deviceText(value) : "";
    if (text !== "") kept[key] = text;
  }
  return kept;
}

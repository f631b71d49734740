import type { DeviceInfo as CoreDeviceInfo } from "../core/device.js";
import type { DeviceInfo } from "./configurations.js";

/** What a client sends about itself may be anything; a sign-in is not to fail over it. */
const LONGEST = 512;

/** What is kept of a device: the three that the package keeps. */
export function deviceOf(given: DeviceInfo | null | undefined): CoreDeviceInfo | undefined {
  if (!given) return undefined;
  const kept: { userAgent?: string; ip?: string; deviceId?: string } = {};
  for (const key of ["userAgent", "ip", "deviceId"] as const) {
    const text = textOf(given[key]);
    if (text !== "") kept[key] = text;
  }
  return kept;
}

/** Without what a database would refuse. */
function textOf(value: unknown): string {
  if (typeof value !== "string") return "";
  return Buffer.from(value.slice(0, LONGEST)).toString().replaceAll("\0", "");
}

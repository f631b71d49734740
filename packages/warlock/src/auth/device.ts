import type { DeviceInfo as CoreDeviceInfo } from "rollcall";
import type { DeviceInfo } from "./configurations.js";

/** What is kept of a device: the three that the package keeps. */
export function deviceOf(given: DeviceInfo | null | undefined): CoreDeviceInfo | undefined {
  if (!given) return undefined;
  const kept: { userAgent?: string; ip?: string; deviceId?: string } = {};
  for (const key of ["userAgent", "ip", "deviceId"] as const) {
    const value: unknown = given[key];
    const text = typeof value === "string" ? plainText(value) : "";
    if (text !== "") kept[key] = text;
  }
  return kept;
}

/** Three of them fit in what Rollcall keeps of a device, 4 kB of JSON, whatever they hold. */
const LONGEST = 400;

/** What a client sent, cut short, without what JSON or a database would refuse. */
function plainText(sent: string): string {
  return sent
    .slice(0, LONGEST)
    .toWellFormed()
    .replace(/\p{Cc}/gu, "");
}

import type { DeviceInfo as RecordedDevice } from "rollcall";
import type { DeviceInfo } from "./tokens.js";

/** Of each field. Three of them fit in what Rollcall keeps of a device, 4 kB of JSON, whatever they hold. */
const MOST_BYTES = 512;

/** What is kept of a device: the three fields that the package keeps. */
export function deviceOf(given: DeviceInfo | null | undefined): RecordedDevice | undefined {
  if (!given) return undefined;
  const kept: { userAgent?: string; ip?: string; deviceId?: string } = {};
  for (const key of ["userAgent", "ip", "deviceId"] as const) {
    const value: unknown = given[key];
    const field = typeof value === "string" ? fieldOf(value) : "";
    if (field !== "") kept[key] = field;
  }
  return kept;
}

/** What a client sent, cut after a whole character, without what JSON or a database would refuse. */
function fieldOf(sent: string): string {
  // No character is less than a byte, so what lies behind is cut in any case.
  const field = sent
    .slice(0, 2 * MOST_BYTES)
    .toWellFormed()
    .replace(/\p{Cc}/gu, "");
  const { read } = new TextEncoder().encodeInto(field, new Uint8Array(MOST_BYTES));
  return field.slice(0, read);
}

import type { DeviceInfo } from "../core/device.js";
import { type Connection, clientAddress } from "./client-address.js";
import type { RequestHead } from "./request-head.js";

/** Options of {@link deviceFromRequest}. */
export interface DeviceFromRequestOptions {
  readonly connection?: Connection;
  /** @default 0 */
  readonly trustedProxies?: number;
}

/** More than this of a header is no description of a device. */
const LONGEST = 512;

/** The User-Agent Client Hints worth keeping (WICG UA-CH), by the names they get here. */
const HINTS = {
  platform: "sec-ch-ua-platform",
  model: "sec-ch-ua-model",
  mobile: "sec-ch-ua-mobile",
} as const;

/**
 * What a request says of the device it came from: user agent, Client Hints, address. Claims of the
 * client's, all but the address.
 *
 * @example
 * ```ts
 * import { deviceFromRequest } from "rollcall/http";
 *
 * const request = new Request("https://app.example/login", {
 *   headers: { "User-Agent": "curl/8.5.0" },
 * });
 * const device = deviceFromRequest(request, { connection: { address: "192.0.2.1" } });
 * ```
 */
export function deviceFromRequest(
  request: RequestHead,
  options: DeviceFromRequestOptions = {},
): DeviceInfo {
  const userAgent = clean(request.headers.get("user-agent"));
  const ip = clientAddress(request, options.connection, options.trustedProxies ?? 0);
  const hints: Record<string, string> = {};
  for (const [name, header] of Object.entries(HINTS)) {
    const value = clean(request.headers.get(header))?.replace(/^"(.*)"$/, "$1");
    if (value !== undefined && value !== "") hints[name] = value;
  }
  return {
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(ip === undefined ? {} : { ip }),
    ...(Object.keys(hints).length === 0 ? {} : { hints }),
  };
}

function clean(value: string | null): string | undefined {
  // Headers are Latin-1 by nature; a NUL or worse would not come this far, but costs a sign-in if it did.
  return value?.slice(0, LONGEST).replaceAll("\0", "") || undefined;
}

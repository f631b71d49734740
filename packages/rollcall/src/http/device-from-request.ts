import { optionsObject } from "../core/model/argument.js";
import type { DeviceInfo } from "../core/model/device.js";
import { checkedProxies, clientAddress } from "./client-address.js";
import type { Connection } from "./connection.js";
import { deviceText } from "./device-text.js";
import type { RequestHead } from "./request-head.js";

/** Options of {@link deviceFromRequest}. */
export interface DeviceFromRequestOptions {
  /**
   * What is known of the socket: the client's address.
   * @default under `toNodeHandler`, what it knows of the request
   * @remarks With a server of your own.
   */
  readonly connection?: Connection;
  /**
   * As in `createHttp`.
   * @default 0
   * @unit proxies
   */
  readonly trustedProxies?: number;
}

/** The User-Agent Client Hints that are kept (WICG UA-CH), with their names here. */
const HINTS = {
  platform: "sec-ch-ua-platform",
  model: "sec-ch-ua-model",
  mobile: "sec-ch-ua-mobile",
  brands: "sec-ch-ua",
  platformVersion: "sec-ch-ua-platform-version",
} as const;

/**
 * What a request tells about its device: user agent, Client Hints and address. All but the address
 * are claims of the client.
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
 *
 * @throws TypeError when `trustedProxies` is not a whole number of at least 0.
 */
export function deviceFromRequest(
  request: RequestHead,
  options?: DeviceFromRequestOptions,
): DeviceInfo {
  const userAgent = read(request, "user-agent");
  const { connection, trustedProxies = 0 } = optionsObject(options, "options");
  const ip = clientAddress(request, connection, checkedProxies(trustedProxies));
  const hints: Record<string, string> = {};
  for (const [name, header] of Object.entries(HINTS)) {
    const value = read(request, header)?.replace(QUOTED, (_, text) => unescaped(text));
    if (value !== undefined && value !== "") hints[name] = value;
  }
  return {
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(ip === undefined ? {} : { ip }),
    ...(Object.keys(hints).length === 0 ? {} : { hints }),
  };
}

/** A single quoted string (RFC 8941 §3.3.3), not a list of brands. */
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/;

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}

function read(request: RequestHead, header: string): string | undefined {
  return deviceText(request.headers.get(header) ?? "") || undefined;
}

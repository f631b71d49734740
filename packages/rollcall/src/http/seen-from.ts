import type { RefreshOptions } from "../core/model/call-options.js";
import { clientAddress } from "./client-address.js";
import type { Connection } from "./connection.js";
import { deviceText } from "./device-text.js";
import type { RequestHead } from "./request-head.js";

/** Where a refresh comes from, as far as the request tells, in the form that a sign-in records. */
export function seenFrom(
  request: RequestHead,
  connection: Connection | undefined,
  trustedProxies: number,
): RefreshOptions {
  const ip = clientAddress(request, connection, trustedProxies);
  const userAgent = deviceText(request.headers.get("user-agent") ?? "");
  return {
    ...(ip === undefined ? {} : { ip }),
    ...(userAgent === "" ? {} : { userAgent }),
  };
}

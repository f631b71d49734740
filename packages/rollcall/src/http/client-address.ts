import { isIP } from "node:net";
import { arrivalOf } from "./arrival.js";
import type { Connection } from "./connection.js";
import { withoutOptionalWhitespace } from "./optional-whitespace.js";
import type { RequestHead } from "./request-head.js";

/**
 * @throws TypeError if it is not a number of proxies, since a wrong one lets clients choose their
 *   address.
 */
export function checkedProxies(trustedProxies: number): number {
  if (!Number.isSafeInteger(trustedProxies) || trustedProxies < 0) {
    throw new TypeError("trustedProxies must be a whole number of at least 0");
  }
  return trustedProxies;
}

/**
 * The client's address: the socket's, or behind your own proxies the entry that the outermost proxy
 * wrote, counted from the right. Entries further left come from the client and may be forged. If
 * that entry is missing or not an address, the client's address is unknown, since the socket's is a
 * proxy's.
 */
export function clientAddress(
  request: RequestHead,
  connection: Connection | undefined,
  trustedProxies: number,
): string | undefined {
  const known = connection ?? arrivalOf(request)?.connection;
  if (trustedProxies === 0) return readAddress(known?.address);
  const entries = (request.headers.get("x-forwarded-for") ?? "").split(",");
  return readAddress(entries.at(-trustedProxies));
}

/** `203.0.113.7:51234`, as some proxies write it. */
const IPV4_WITH_PORT = /^([\d.]+)(?::\d{1,5})?$/;
/** `[2001:db8::7]:443`, as in a URI (RFC 3986 §3.2.2). */
const IPV6_IN_BRACKETS = /^\[([^\]]*:[^\]]*)\](?::\d{1,5})?$/;
/** An IPv4 address as a dual-stack socket gives it (RFC 4291 §2.5.5.2), as a URL writes it. */
const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/**
 * The address alone, in its canonical form (RFC 5952); `undefined` if it is not an address. A zone
 * is removed, since it names a network interface of this machine (RFC 4007 §11.2).
 */
function readAddress(text: string | undefined): string | undefined {
  const given = withoutOptionalWhitespace(text ?? "");
  const bare = (IPV4_WITH_PORT.exec(given) ?? IPV6_IN_BRACKETS.exec(given))?.[1] ?? given;
  switch (isIP(bare)) {
    case 4:
      return bare;
    case 6:
      return readIpv6(bare);
    default:
      return undefined;
  }
}

function readIpv6(address: string): string | undefined {
  const [withoutZone = ""] = address.split("%", 1);
  const url = `http://[${withoutZone}]`;
  if (!URL.canParse(url)) return undefined;
  const short = new URL(url).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const bytes = [high, low].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
  return bytes.join(".");
}

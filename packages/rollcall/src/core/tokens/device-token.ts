import type { BoundRing } from "./bound-ring.js";
import { equalText, type SigningKey } from "./signing-key.js";

const PATTERN = /^(dv1\.([A-Za-z0-9_-]{2,1024})\.([A-Za-z0-9_-]{1,32}))\.([A-Za-z0-9_-]{43})$/;

/**
 * Encodes a device token: version, device id, key id and a 256-bit MAC. It proves that this server
 * gave the id to whoever presents it, and nothing about the person.
 */
export function encodeDeviceToken(deviceId: string, key: SigningKey): string {
  const body = `dv1.${Buffer.from(deviceId).toString("base64url")}.${key.id}`;
  return `${body}.${key.deviceMac(body)}`;
}

/** The device id of a genuine token; `null` if it is not genuine. No I/O. */
export function decodeDeviceToken(token: string, ring: Pick<BoundRing, "get">): string | null {
  const [, body, encoded, keyId, mac] = PATTERN.exec(token) ?? [];
  if (body === undefined || encoded === undefined || keyId === undefined || mac === undefined) {
    return null;
  }
  const key = ring.get(keyId);
  if (key === undefined || !equalText(key.deviceMac(body), mac)) return null;
  return Buffer.from(encoded, "base64url").toString();
}

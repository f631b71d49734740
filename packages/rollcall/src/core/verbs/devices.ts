import { randomUUID } from "node:crypto";
import type { Context } from "../context.js";
import { plainText } from "../model/argument.js";
import type { Devices } from "../model/devices.js";
import { SessionError } from "../model/errors.js";
import { isSessionId, type Revocation } from "../model/session.js";
import { decodeDeviceToken, encodeDeviceToken } from "../tokens/device-token.js";
import {
  type DisavowalClaims,
  decodeDisavowal,
  encodeDisavowal,
} from "../tokens/disavowal-token.js";

const LONGEST_ID = 255;

/** People read their mail after a week's holiday, and a link that leaks later is of no use. */
const LINK_LIFETIME = 7 * 24 * 60 * 60_000;

/** By the owner, whoever clicked: no session did it. */
const DISAVOWED: Revocation = { reason: "disavowed", actor: { kind: "user" } };

/** A device id as it is stored. @throws TypeError naming the option. */
export function checkedDeviceId(deviceId: string | undefined): string | null {
  return deviceId === undefined ? null : plainText(deviceId, LONGEST_ID, "deviceId");
}

/** What can be done with devices. */
export function createDevices(context: Context): Devices {
  const { ring, store } = context;
  const { clock, storeNow } = context.settings;

  const claimsOf = (token: string): DisavowalClaims | null =>
    typeof token === "string" ? decodeDisavowal(token, ring, clock.now()) : null;

  return {
    sign(given) {
      const deviceId = checkedDeviceId(given) ?? randomUUID();
      return { deviceId, token: encodeDeviceToken(deviceId, ring.current()) };
    },
    verify: (token) => (typeof token === "string" ? decodeDeviceToken(token, ring) : null),
    disavowalToken(sessionId) {
      if (!isSessionId(sessionId)) throw new TypeError("sessionId must be the id of a session");
      const expiresAt = Math.floor(clock.now()) + LINK_LIFETIME;
      return encodeDisavowal({ sessionId, expiresAt }, ring.current());
    },
    verifyDisavowal(token) {
      const claims = claimsOf(token);
      if (claims === null) return null;
      return { sessionId: claims.sessionId, expiresAt: new Date(claims.expiresAt) };
    },
    async disavow(token) {
      const claims = claimsOf(token);
      if (claims === null) {
        throw new SessionError("malformed_request", {
          message: "the link is not genuine, or has expired",
        });
      }
      const id = claims.sessionId;
      const found = await context.callStore("find", () => store.find(id, storeNow()));
      // Purged, or rolled back; or the user was erased.
      if (found === null || found.session.user.id === "") return 0;
      const { user } = found.session;
      const ended = await context.callStore("disavow", () =>
        store.disavow(user, id, { revocation: DISAVOWED, now: storeNow() }),
      );
      context.markRevoked(ended);
      return ended.length;
    },
  };
}

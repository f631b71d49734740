import { callBack } from "../core/process/call-back.js";
import type { Clock } from "../core/process/clock.js";
import { deviceText } from "./device-text.js";
import type { Locate } from "./notice.js";

/** The place of an address; `null` when it is not known. Never rejects. */
export type Locator = (ip: string | null | undefined) => Promise<string | null>;

/** A sign-in waits for it, so it has this many milliseconds. */
const LIMIT = 1000;

/** Where no place is known a sign-in goes on all the same. */
export function createLocator(
  locate: Locate | null,
  clock: Clock,
  onError: (error: unknown) => void,
): Locator {
  if (locate === null) return async () => null;
  return async (ip) => {
    if (ip === null || ip === undefined) return null;
    let cancel = (): void => {};
    const late = new Promise<null>((_, reject) => {
      const error = new Error(`locate: no answer within ${LIMIT} ms`);
      cancel = clock.after(LIMIT, () => reject(error));
    });
    try {
      const place = await Promise.race([locate(ip), late]);
      return typeof place === "string" ? deviceText(place) || null : null;
    } catch (error) {
      callBack(onError, error, () => {});
      return null;
    } finally {
      cancel();
    }
  };
}

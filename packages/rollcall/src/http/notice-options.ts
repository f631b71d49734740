import type { Locate, Notify } from "./notice.js";
import { returnPath } from "./sign-in-page.js";

/** Options of the notices about new devices. */
export interface NoticeOptions {
  /**
   * Called in the process that a user signed in to on a device that is new to them, but not on their
   * first one; and with `locate`, when a session is used from another place. It gets all that a mail
   * needs, a link for "This wasn't me" included. Needs `origin`. Once for each, at most: what it throws
   * goes to `onError`, and is not tried again.
   *
   * @default nobody is told
   * @remarks To send a mail about sign-ins on new devices.
   */
  readonly notify?: Notify;
  /**
   * The place of an address, such as `"Berlin, Germany"`. It is recorded at the sign-in as `place` of the
   * device, which the screen shows, and comes with notices. It has a second; then, and where it
   * throws, the place counts as unknown.
   *
   * @default no places
   * @remarks With a database of places, such as GeoLite2.
   */
  readonly locate?: Locate;
  /**
   * The routes behind "This wasn't me". `{ page }`: links open a page of yours, a path of this origin,
   * with `token` in the query. Let its button POST to `/auth/disavow?token=…`; a browser is sent back
   * to the page afterwards, with `revoked`, the number of sessions that were ended.
   *
   * @default true with `notify`, else false
   * @remarks For a page in your own design, or to send links without `notify`.
   */
  readonly disavow?: boolean | { readonly page: string };
}

/** Options, total. */
export interface NoticeSettings {
  readonly notify: Notify | null;
  readonly locate: Locate | null;
  /** `null`: without routes. */
  readonly disavow: { readonly page: string | null } | null;
}

/** @throws TypeError naming the option at fault. */
export function readNoticeOptions(
  { notify, locate, disavow = notify !== undefined }: NoticeOptions,
  ownOrigin: string | null,
): NoticeSettings {
  if (notify !== undefined && typeof notify !== "function") {
    throw new TypeError("notify must be a function that takes a notice");
  }
  if (locate !== undefined && typeof locate !== "function") {
    throw new TypeError("locate must be a function that takes an IP address");
  }
  if (notify !== undefined && disavow === false) {
    throw new TypeError("disavow must not be false with notify, whose link needs its routes");
  }
  if (disavow !== false && ownOrigin === null) {
    const option = notify === undefined ? "disavow" : "notify";
    throw new TypeError(
      `origin is required with ${option}, such as "https://app.example", since links begin with it`,
    );
  }
  return {
    notify: notify ?? null,
    locate: locate ?? null,
    disavow: readDisavow(disavow),
  };
}

function readDisavow(disavow: NonNullable<NoticeOptions["disavow"]>): NoticeSettings["disavow"] {
  if (disavow === false) return null;
  if (disavow === true) return { page: null };
  if (typeof disavow !== "object" || disavow === null) {
    throw new TypeError("disavow must be true, false or an object with a page");
  }
  const { page } = disavow;
  if (typeof page !== "string" || page !== returnPath(page) || /[?#]/.test(page)) {
    throw new TypeError('disavow.page must be a path of this origin, such as "/not-me"');
  }
  return { page };
}

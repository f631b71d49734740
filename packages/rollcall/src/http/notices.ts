import type { AddressChanged, DeviceFirstSeen } from "../core/model/events.js";
import { callBack } from "../core/process/call-back.js";
import { disavowLink } from "./disavow-link.js";
import type { Locator } from "./locator.js";
import type { Notice } from "./notice.js";
import type { HttpSettings } from "./options.js";

/**
 * Tells `notify` of what happened in this process, once it is committed: the events of a transaction
 * that was rolled back are never read.
 */
export function sendNotices(settings: HttpSettings, locator: Locator): void {
  const { sessions, notify, locate, onError } = settings;
  if (notify === null) return;

  const send = async (
    { type, at, user, sessionId }: DeviceFirstSeen | AddressChanged,
    seen: Pick<Notice, "ip" | "place" | "former"> | null,
  ): Promise<void> => {
    // Erased meanwhile: there is nobody left to tell.
    const session = user.id === "" ? null : await sessions.get(user, sessionId);
    if (session === null) return;
    const ip = session.lastIp;
    await notify({
      type,
      at: new Date(at),
      user,
      session,
      ...(seen ?? { ip, place: await locator(ip), former: null }),
      link: disavowLink(settings, sessionId),
    });
  };

  const careful = async (sending: Promise<void>): Promise<void> => {
    try {
      await sending;
    } catch (error) {
      callBack(onError, error, () => {});
    }
  };

  const own = { scope: "own" } as const;
  sessions.on("device.first_seen", (event) => void careful(send(event, null)), own);
  // A telephone changes its address all day long: only another place is worth a mail.
  if (locate === null) return;
  const moved = async (event: AddressChanged): Promise<void> => {
    const [former, place] = await Promise.all([locator(event.from), locator(event.to)]);
    if (former === null || place === null || former === place) return;
    const seen = { ip: event.to, place, former: { ip: event.from, place: former } };
    await send(event, seen);
  };
  sessions.on("session.address_changed", (event) => void careful(moved(event)), own);
}

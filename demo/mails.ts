import type { Notify } from "rollcall/http";
import type { Users } from "./users.js";

/** Prints what an application would send by mail: somebody signed in on a device that is new to them. */
export function printMails(users: Pick<Users, "byId">): Notify {
  return async ({ user, session, at, ip, link }) => {
    const known = await users.byId(user.id);
    if (known === null) return;
    const { browser, os } = session.device;
    const device = [browser ?? "an unknown browser", os ?? "an unknown system"].join(" on ");
    console.log(`
  Mail to ${known.email}: a new sign-in to your account
    ${device}, from ${ip ?? "an unknown address"}, ${at.toUTCString()}
    This wasn’t me: ${link}
`);
  };
}

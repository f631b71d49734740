import type { Session } from "../core/model/session-view.js";
import type { User } from "../core/model/user.js";

/** An address, and the place that `locate` gave for it. */
export interface Whereabouts {
  readonly ip: string | null;
  /** `null` without `locate`, or where it knows none. */
  readonly place: string | null;
}

/** All that a mail about a sign-in needs. `notify` of `createHttp` is given it. */
export interface Notice extends Whereabouts {
  /**
   * `device.first_seen`: the user signed in on a device that is new to them, which was not their first
   * one. `session.address_changed`: a session is used from another place than before, as `locate` knows
   * places.
   */
  readonly type: "device.first_seen" | "session.address_changed";
  readonly at: Date;
  readonly user: User;
  /** As it stands by now: it may have ended already. */
  readonly session: Session;
  /** Where the session was used before; `null` with `device.first_seen`. */
  readonly former: Whereabouts | null;
  /**
   * The address of the page "This wasn't me", good for seven days. Its button ends the session and every
   * younger one of its device. Opening it changes nothing, since mail scanners do so.
   */
  readonly link: string;
}

/** Sends a notice on its way, for example as a mail. */
export type Notify = (notice: Notice) => void | Promise<void>;

/** The place of an address, as people call it, such as `"Berlin, Germany"`; `null`: not known. */
export type Locate = (ip: string) => string | null | Promise<string | null>;

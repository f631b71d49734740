import { type Clock, createSessions, type SessionStore } from "rollcall";

/** An invented sign-in; times in hours before now. */
interface Past {
  readonly signedIn: number;
  readonly lastUsed: number;
  readonly userAgent: string;
  /** An address reserved for documentation (RFC 5737, RFC 3849). */
  readonly ip: string;
  readonly place: string;
  readonly name?: string;
}

const HOUR = 3_600_000;
const STEP = 24 * 5;

/** Oldest first. */
const PASTS: readonly Past[] = [
  {
    signedIn: 24 * 27,
    lastUsed: 24 * 3,
    userAgent:
      "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    ip: "203.0.113.24",
    place: "Vienna, Austria",
    name: "Kitchen iPad",
  },
  {
    signedIn: 24 * 19,
    lastUsed: 31,
    userAgent:
      "Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/8.0 TV Safari/537.36",
    ip: "203.0.113.24",
    place: "Vienna, Austria",
    name: "Living room TV",
  },
  {
    signedIn: 24 * 12,
    lastUsed: 5,
    userAgent: "curl/8.14.1",
    ip: "192.0.2.200",
    place: "Frankfurt, Germany",
  },
  {
    signedIn: 24 * 6.5,
    lastUsed: 24 * 6.4,
    userAgent:
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    ip: "198.51.100.61",
    place: "Lisbon, Portugal",
  },
  {
    signedIn: 24 * 6,
    lastUsed: 26,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    ip: "192.0.2.18",
    place: "Graz, Austria",
  },
  {
    signedIn: 24 * 3,
    lastUsed: 2,
    userAgent:
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ip: "203.0.113.24",
    place: "Vienna, Austria",
    name: "Work laptop",
  },
  {
    signedIn: 30,
    lastUsed: 0.1,
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    ip: "2001:db8:7::1d",
    place: "Vienna, Austria",
  },
];

/**
 * Creates past sessions for a user, so that the demo has something to show. Does nothing if the user
 * has sessions.
 */
export async function seedSessions(store: SessionStore, secret: string, id: string): Promise<void> {
  const user = { type: "user", id };
  let now = Date.now();
  // The store uses the clock of the session manager, so these sign-ins get the times below.
  const clock: Clock = {
    now: () => now,
    monotonic: () => performance.now(),
    after: () => () => {},
  };
  const sessions = createSessions({ store, secret, clock });
  const started = now;
  try {
    if ((await sessions.list(user, { limit: 1 })).sessions.length > 0) return;
    for (const { signedIn, lastUsed, name, ...device } of PASTS) {
      now = started - signedIn * HOUR;
      const { session, tokens } = await sessions.start(user, { device });
      if (name !== undefined) await sessions.rename(user, session.id, name);
      let token = tokens.refreshToken.token;
      for (let left = signedIn; left > lastUsed; ) {
        // In steps, so that the session does not expire from being idle.
        left = Math.max(lastUsed, left - STEP);
        now = started - left * HOUR;
        token = (await sessions.refresh(token, { ip: device.ip })).tokens.refreshToken.token;
      }
    }
  } finally {
    await sessions.close();
  }
}

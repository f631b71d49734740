import type { ListedSession } from "rollcall/client";
import { isSessionId, type SessionActor } from "../../src/core/model/session.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A session; what is not given is that of a Firefox used half an hour ago. */
export function sampleSession(id: string, given: Partial<ListedSession> = {}): ListedSession {
  const now = Date.now();
  return {
    id,
    deviceInfo: { userAgent: "Mozilla/5.0", ip: "203.0.113.7" },
    device: { browser: "Firefox", os: "Windows", type: "desktop" },
    name: null,
    createdAt: new Date(now - 2 * DAY),
    lastUsedAt: new Date(now - 30 * MINUTE),
    lastIp: "203.0.113.7",
    expiresAt: new Date(now + 28 * DAY),
    current: false,
    kind: null,
    authenticatedAt: new Date(now - 2 * DAY),
    methods: [],
    level: null,
    deviceId: null,
    actor: null,
    scopes: null,
    ...given,
  };
}

/** An API key. */
export function sampleKey(id: string, given: Partial<ListedSession> = {}): ListedSession {
  return sampleSession(id, {
    name: "Nightly export",
    device: { browser: null, os: null, type: "unknown" },
    deviceInfo: null,
    kind: "api",
    scopes: ["orders:read"],
    ...given,
  });
}

/** A member of staff who acts as the person. */
export function sampleActor(): SessionActor {
  const sessionId = "00000000-0000-4000-8000-000000000000";
  if (!isSessionId(sessionId)) throw new Error("no id of a session");
  return { user: { type: "staff", id: "margaret" }, sessionId };
}

/** A plausible person's. */
export function sampleSessions(): readonly ListedSession[] {
  const ago = (time: number): Date => new Date(Date.now() - time);
  return [
    sampleSession("laptop", {
      current: true,
      device: { browser: "Firefox", os: "Linux", type: "desktop" },
      deviceInfo: { place: "Vienna, Austria" },
      lastUsedAt: ago(20_000),
      createdAt: ago(5 * HOUR),
    }),
    sampleSession("phone", {
      device: { browser: "Chrome", os: "Android", type: "mobile" },
      deviceInfo: { place: "Vienna, Austria" },
      lastIp: "2001:db8::8a2e:370:7334",
      lastUsedAt: ago(MINUTE),
      createdAt: ago(3 * DAY),
    }),
    sampleSession("tablet", {
      name: "Kitchen iPad",
      device: { browser: "Safari", os: "iOS", type: "tablet" },
      deviceInfo: { place: "Vienna, Austria" },
      lastUsedAt: ago(3 * HOUR),
      createdAt: ago(12 * DAY),
    }),
    sampleSession("office", {
      device: { browser: "Microsoft Edge", os: "Windows", type: "desktop" },
      deviceInfo: { place: "Linz, Austria" },
      lastIp: "198.51.100.23",
      lastUsedAt: ago(2 * DAY),
      createdAt: ago(20 * DAY),
    }),
    sampleSession("script", {
      device: { browser: "curl", os: null, type: "cli" },
      deviceInfo: { userAgent: "curl/8.5.0" },
      lastIp: "192.0.2.44",
      lastUsedAt: ago(9 * DAY),
      createdAt: ago(25 * DAY),
    }),
  ];
}

import type { ListedSession, SignedOut } from "../client/client-api.js";
import type { Problem } from "./problem.js";

/** How many other sessions a page of the screen has. */
export const PAGE = 25;

/**
 * - `loading`: there is no list yet.
 * - `ready`: `sessions` is up to date.
 * - `signed-out`: this session has ended.
 * - Otherwise why the list could not be read; `sessions` is the last known list, if any.
 */
export type Phase = "loading" | "ready" | Problem;

/** What the screen shows. */
export interface SessionList {
  readonly phase: Phase;
  /** This device first, then newest sign-in first; `null` before the first list. */
  readonly sessions: readonly ListedSession[] | null;
  /** Whether the server has more than `sessions`. */
  readonly more: boolean;
  /** How many of the other sessions are shown. */
  readonly shown: number;
  /** When the list was last read. */
  readonly readAt: Date | null;
  /** How far our clock is behind the server's, in milliseconds, as far as the list shows. */
  readonly behind: number;
  /** Whether the person is waiting for an answer. */
  readonly busy: boolean;
  readonly signedOut: SignedOut | null;
}

export type Happening =
  | {
      readonly type: "read";
      readonly sessions: readonly ListedSession[];
      readonly more: boolean;
      readonly at: Date;
    }
  | { readonly type: "not-read"; readonly problem: Problem }
  | { readonly type: "retried" }
  | { readonly type: "shown-more" }
  | { readonly type: "ended"; readonly id: string }
  | { readonly type: "others-ended" }
  | { readonly type: "renamed"; readonly session: ListedSession }
  | { readonly type: "signed-out"; readonly how: SignedOut };

export const NOTHING_SEEN: SessionList = {
  phase: "loading",
  sessions: null,
  more: false,
  shown: PAGE,
  readAt: null,
  behind: 0,
  busy: false,
  signedOut: null,
};

const UNKNOWN_END: SignedOut = { reason: "unknown", by: null };

/** The list after something happened. */
export function listAfter(list: SessionList, happening: Happening): SessionList {
  // An ended session never comes back: a late answer must not show it again.
  if (list.phase === "signed-out") return list;
  switch (happening.type) {
    case "read": {
      const { sessions, more, at } = happening;
      // No session was used in the future, so the latest use shows how far our clock is behind at least.
      const behind = Math.max(0, ...sessions.map((one) => one.lastUsedAt.getTime() - at.getTime()));
      return {
        ...list,
        phase: "ready",
        sessions: byDevice(sessions),
        more,
        readAt: at,
        behind: behind || 0,
        busy: false,
      };
    }
    case "not-read":
      return happening.problem === "signed-out"
        ? signedOut(list, UNKNOWN_END)
        : { ...list, phase: happening.problem, busy: false };
    case "retried":
      if (list.phase === "ready") return list;
      return { ...list, busy: true, phase: list.sessions === null ? "loading" : list.phase };
    case "shown-more":
      return { ...list, shown: list.shown + PAGE };
    case "ended":
      return keep(list, ({ id }) => id !== happening.id);
    case "others-ended":
      return { ...keep(list, ({ current }) => current), more: false };
    case "renamed": {
      const { session } = happening;
      const sessions = list.sessions?.map((one) => (one.id === session.id ? session : one)) ?? null;
      return { ...list, sessions };
    }
    case "signed-out":
      return signedOut(list, happening.how);
  }
}

/** What another device changed, as far as it should be announced. */
export interface Changes {
  readonly appeared: readonly ListedSession[];
  readonly gone: readonly ListedSession[];
}

/** Compares two lists, both newest first. Either may be incomplete at its end. */
export function changesBetween(before: SessionList, next: SessionList): Changes {
  if (before.sessions === null || next.sessions === null) return { appeared: [], gone: [] };
  const had = new Set(before.sessions.map(({ id }) => id));
  const has = new Set(next.sessions.map(({ id }) => id));
  const newest = Math.max(...before.sessions.map(signedInAt));
  const oldest = next.more ? Math.min(...next.sessions.map(signedInAt)) : -Infinity;
  return {
    // Older sessions are not new: they were not loaded before.
    appeared: next.sessions.filter((one) => !had.has(one.id) && signedInAt(one) >= newest),
    gone: before.sessions.filter((one) => !has.has(one.id) && signedInAt(one) >= oldest),
  };
}

function signedInAt({ createdAt }: ListedSession): number {
  return createdAt.getTime();
}

/** This device first, then as they come; what is on one device is together, where its newest is. */
function byDevice(sessions: readonly ListedSession[]): readonly ListedSession[] {
  const devices = new Map<string, Set<ListedSession>>();
  for (const one of [...sessions.filter(({ current }) => current), ...sessions]) {
    const device = one.deviceId || one.id;
    devices.set(device, (devices.get(device) ?? new Set()).add(one));
  }
  return [...devices.values()].flatMap((group) => [...group]);
}

function keep(list: SessionList, test: (session: ListedSession) => boolean): SessionList {
  return { ...list, sessions: list.sessions?.filter(test) ?? null };
}

function signedOut(list: SessionList, how: SignedOut): SessionList {
  return { ...list, phase: "signed-out", sessions: null, more: false, signedOut: how };
}

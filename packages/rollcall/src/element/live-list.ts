import type { Client, ListedSession, SignedOut } from "../client/client-api.js";
import type { RequiredAuthentication } from "../client/client-error.js";
import { type Problem, problemOf, requiredBy, signedOutBy } from "./problem.js";
import type { Question } from "./screen.js";
import { type Happening, listAfter, NOTHING_SEEN, PAGE, type SessionList } from "./session-list.js";

/** The list of sessions, kept up to date. Actions resolve to a problem, or `null`. */
export interface LiveList {
  readonly list: SessionList;
  /** What the server asked for when it last wanted a fresh sign-in. */
  readonly required: RequiredAuthentication | null;
  /** Starts to follow changes, and reads what changed in the meantime. */
  follow(): void;
  /** Stops following changes; still hears of its own sign-out. */
  pause(): void;
  read(): Promise<void>;
  showMore(): Promise<void>;
  /** Ends the sessions that the person confirmed. */
  end(question: Question): Promise<Problem | null>;
  rename(id: string, name: string | null): Promise<Problem | null>;
  close(): void;
}

/** The largest page the server returns. */
const LIMIT = 100;
/** Nobody has so many pages; it ends the loop if a server returns cursors forever. */
const MOST = 5000;
const BY_ITSELF: SignedOut = { reason: "signed_out", by: { kind: "self", device: null } };

/** How long to wait before trying again after a failure, in milliseconds. */
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;

/** Called after every step, with what happened and the list before it. */
export type StepListener = (happening: Happening, before: SessionList) => void;

/** Keeps a list up to date and tells `onStep` of every change. */
export function createLiveList(
  client: Client,
  onStep: StepListener,
  /** How many sessions are shown at first. */
  shown: number = PAGE,
): LiveList {
  let list: SessionList = { ...NOTHING_SEEN, shown };
  let unfollow: (() => void) | null = null;
  let reading: Promise<void> | null = null;
  let stale = false;
  /** Whether the current session was looked for: it is not among another user's sessions. */
  let hasCurrent = true;
  let closed = false;
  let required: RequiredAuthentication | null = null;
  let wait = FIRST_WAIT;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const happen = (happening: Happening): void => {
    if (closed) return;
    const before = list;
    list = listAfter(before, happening);
    if (list !== before) onStep(happening, before);
  };

  const reasonFor = (error: unknown): Problem => {
    const problem = problemOf(error);
    if (problem === "reauthenticate") required = requiredBy(error);
    return problem;
  };

  const readPages = async (): Promise<void> => {
    const sessions: ListedSession[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.sessions.list({
        limit: LIMIT,
        ...(cursor === undefined ? {} : { cursor }),
      });
      sessions.push(...page.sessions);
      cursor = page.nextCursor;
      // This device is shown first, however long ago it signed in.
    } while (
      cursor !== undefined &&
      sessions.length < MOST &&
      (sessions.length <= list.shown || (hasCurrent && !sessions.some(({ current }) => current)))
    );
    hasCurrent = sessions.some(({ current }) => current);
    // A change during the read may be missing from it, so read again.
    if (!stale) happen({ type: "read", sessions, more: cursor !== undefined, at: new Date() });
  };

  const readUntilFresh = async (): Promise<void> => {
    try {
      do {
        stale = false;
        await readPages();
      } while (stale && !closed);
      wait = FIRST_WAIT;
    } catch (error) {
      const problem = reasonFor(error);
      happen(signedOutBy(error) ?? { type: "not-read", problem });
      // Only a new sign-in can help.
      if (problem !== "reauthenticate") readLater(problem === "throttled" ? LONGEST_WAIT : wait);
    } finally {
      reading = null;
    }
  };

  const readLater = (pause: number): void => {
    if (unfollow === null || closed) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => void read(), pause);
    wait = Math.min(2 * wait, LONGEST_WAIT);
  };

  /** One read at a time; callers share it. */
  const read = async (): Promise<void> => {
    if (closed || list.phase === "signed-out") return;
    clearTimeout(waiting);
    if (reading === null) reading = readUntilFresh();
    else stale = true;
    await reading;
  };

  const act = async (work: () => Promise<Happening | null>): Promise<Problem | null> => {
    try {
      const happening = await work();
      // A read that started before this would undo the change on the screen.
      if (reading !== null) stale = true;
      if (happening !== null) happen(happening);
      return null;
    } catch (error) {
      const problem = reasonFor(error);
      if (problem === "signed-out") happen(signedOutBy(error) ?? { type: "not-read", problem });
      return problem;
    }
  };

  const stopHearing = client.onSignedOut((how) => happen({ type: "signed-out", how }));

  return {
    get list() {
      return list;
    },
    get required() {
      return required;
    },
    follow() {
      if (closed) return;
      unfollow ??= client.onSessionsChanged(() => void read());
      void read();
    },
    pause() {
      clearTimeout(waiting);
      unfollow?.();
      unfollow = null;
    },
    async read() {
      if (list.busy) return;
      happen({ type: "retried" });
      await read();
    },
    async showMore() {
      happen({ type: "shown-more" });
      if (list.more && (list.sessions?.length ?? 0) <= list.shown) await read();
    },
    end: (question) =>
      act(async () => {
        if (question.action === "sign-out-others") {
          await client.sessions.revokeOthers();
          return { type: "others-ended" };
        }
        if (question.action === "sign-out-everywhere") await client.sessions.revokeAll();
        else {
          const { id, current } = question.session;
          // `false`: it had already ended, which is what the person wanted.
          await client.sessions.revoke(id);
          if (!current) return { type: "ended", id };
          // Only after the server has confirmed: otherwise this device would still be signed in.
          await client.signOut().catch(() => {});
        }
        return { type: "signed-out", how: BY_ITSELF };
      }),
    rename: (id, name) =>
      act(async () => {
        const session = await client.sessions.rename(id, name);
        return session === null ? { type: "ended", id } : { type: "renamed", session };
      }),
    close() {
      closed = true;
      clearTimeout(waiting);
      unfollow?.();
      stopHearing();
    },
  };
}

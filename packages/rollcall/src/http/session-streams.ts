import { setMaxListeners } from "node:events";
import type { Principal } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";
import type { SessionEvent } from "../core/model/events.js";
import type { Actor } from "../core/model/session.js";
import type { Session } from "../core/model/session-view.js";
import { type Clock, systemClock } from "../core/process/clock.js";
import type { Sessions } from "../core/sessions-api.js";

/** The streams of `GET /account/sessions/events` (WHATWG server-sent events). */
export interface SessionStreams {
  /**
   * `headersOnly`: for HEAD, which must not leave a stream behind that nobody reads.
   *
   * @throws SessionError `throttled` when the session has too many open.
   */
  open(principal: Principal, headersOnly: boolean): Response;
  /**
   * Ends all streams. Call it first when a server shuts down, since they never end by themselves.
   */
  close(): void;
}

/** At worst a browser opens one per tab; more than this from one session is a mistake. */
const PER_SESSION = 20;
const HEARTBEAT = 15_000;
/** Chunks that may wait for a reader before it counts as gone. */
const BACKLOG = 64;

const HEADERS = {
  "Content-Type": "text/event-stream",
  // A middleware that compresses would keep events back until it has enough of them (RFC 9111
  // §5.2.2.6), and so would the buffer of nginx.
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
};

const ENDED = new Set<SessionEvent["type"]>(["session.revoked", "session.expired"]);
const LISTED = new Set<SessionEvent["type"]>([
  "session.created",
  "session.renamed",
  "session.reauthenticated",
  ...ENDED,
]);

export function createSessionStreams(
  sessions: Sessions,
  clock: Clock = systemClock,
): SessionStreams {
  const open = new Map<string, Set<() => void>>();
  const encoder = new TextEncoder();

  const start = (
    principal: Principal,
    controller: ReadableStreamDefaultController<Uint8Array>,
    streams: Set<() => void>,
  ): (() => void) => {
    const { user, sessionId, signal } = principal;
    // All streams of a token share a signal, so many listeners are not a leak.
    setMaxListeners(0, signal);
    let callOff = (): void => {};
    const send = (text: string): void => {
      controller.enqueue(encoder.encode(text));
      if ((controller.desiredSize ?? 0) < -BACKLOG) end();
    };
    const beat = (): void => {
      callOff = clock.after(HEARTBEAT, () => {
        send(":\n\n");
        if (streams.has(end)) beat();
      });
    };
    const stopListening = sessions.on("*", (event) => {
      const mine = event.user.id === user.id && event.user.type === user.type;
      // The end of the caller's own session is told by the signal, with its reason.
      const ownEnd = event.sessionId === sessionId && ENDED.has(event.type);
      if (mine && LISTED.has(event.type) && !ownEnd) send("event: sessions\ndata:\n\n");
    });
    const ended = async (): Promise<void> => {
      stopListening();
      const data = JSON.stringify(await endOf(sessions, principal));
      if (!streams.has(end)) return;
      send(`event: revoked\ndata: ${data}\n\n`);
      end();
    };
    const onAbort = (): void => void ended();
    const end = (): void => {
      if (!streams.delete(end)) return;
      if (streams.size === 0) open.delete(sessionId);
      callOff();
      stopListening();
      signal.removeEventListener("abort", onAbort);
      try {
        controller.close();
      } catch {
        // The reader has gone already.
      }
    };
    streams.add(end);
    signal.addEventListener("abort", onAbort);
    beat();
    send(":\n\n");
    if (signal.aborted) onAbort();
    return end;
  };

  return {
    open(principal, headersOnly) {
      if (headersOnly) return new Response(null, { headers: HEADERS });
      const streams = open.get(principal.sessionId) ?? new Set();
      if (streams.size >= PER_SESSION) {
        throw new SessionError("throttled", {
          message: "Too many event streams of this session",
          retryAfter: 60,
        });
      }
      open.set(principal.sessionId, streams);
      let end = (): void => {};
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          end = start(principal, controller, streams);
        },
        cancel() {
          end();
        },
      });
      return new Response(body, { headers: HEADERS });
    },
    close() {
      for (const streams of [...open.values()]) {
        for (const end of [...streams]) end();
      }
    },
  };
}

/** What a `revoked` event says. */
interface End {
  readonly reason: string;
  readonly by: { readonly kind: Actor["kind"]; readonly device: string | null };
}

/** Why and by whom the caller's session ended. */
async function endOf(sessions: Sessions, { user, sessionId }: Principal): Promise<End> {
  const unknown: End = { reason: "expired", by: { kind: "system", device: null } };
  try {
    const session = await sessions.get(user, sessionId);
    if (!session?.revokedReason || session.revokedBy === null) return unknown;
    const { kind, sessionId: by } = session.revokedBy;
    const actor = by === undefined || by === sessionId ? null : await sessions.get(user, by);
    return { reason: session.revokedReason, by: { kind, device: labelOf(actor) } };
  } catch {
    // The stream ends all the same; the client learns more when it asks.
    return unknown;
  }
}

/** "Chrome on Android", or the name its owner gave it. */
function labelOf(session: Session | null): string | null {
  if (session === null) return null;
  const { browser, os } = session.device;
  // On some televisions both have the same name.
  const parts = [...new Set([browser, os])].filter((part) => part !== null);
  return session.name ?? (parts.length > 0 ? parts.join(" on ") : null);
}

import type { Clock } from "../core/process/clock.js";
import type { Sessions } from "../core/sessions-api.js";
import type { Connection } from "./connection.js";
import type { RequestHead } from "./request-head.js";

/** What the server bridge knows about a request that the `Request` itself does not contain. */
export interface Arrival {
  readonly connection: Connection;
  /** When it arrived, by `performance.now()`. */
  readonly at: number;
}

/** The same one in each copy of the package. */
const arrival: unique symbol = Symbol.for("rollcall.arrival");

interface Marked {
  [arrival]?: Arrival;
}

/** Stores it on the request, for later questions about that request. */
export function noteArrival(request: Request & Marked, noted: Arrival): void {
  request[arrival] = noted;
}

/** Empty for a request that did not come through the bridge, or that is a copy. */
export function arrivalOf(request: RequestHead & Marked): Arrival | undefined {
  return request[arrival];
}

/** Clocks that differ by more are reported (`health().clockSkew`), and not corrected for. */
const CLOSE = 60_000;

/**
 * When it arrived, by the database's clock if known. It is compared with the time of the last
 * log-out everywhere, and a process whose clock is a few seconds behind must not refuse a sign-in
 * that came after it.
 */
export function arrivedAt(
  request: RequestHead,
  clock: Clock,
  sessions: Pick<Sessions, "health">,
): Date | undefined {
  const noted = arrivalOf(request);
  if (noted === undefined) return undefined;
  const ahead = sessions.health().clockSkew ?? 0;
  const skew = Math.abs(ahead) <= CLOSE ? ahead : 0;
  return new Date(Math.floor(clock.now() - Math.max(0, performance.now() - noted.at) - skew));
}

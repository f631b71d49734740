import type { Clock } from "../core/process/clock.js";
import type { Sessions } from "../core/sessions-api.js";
import type { Connection } from "./connection.js";
import type { RequestHead } from "./request-head.js";

/** What the bridge to the server knows of a request and the request itself cannot say. */
export interface Arrival {
  readonly connection: Connection;
  /** When it came, by `performance.now()`. */
  readonly at: number;
}

/** The same one in each copy of the package. */
const arrival: unique symbol = Symbol.for("rollcall.arrival");

interface Marked {
  [arrival]?: Arrival;
}

/** Leaves it on the request, for whatever is asked about that request later. */
export function noteArrival(request: Request & Marked, noted: Arrival): void {
  request[arrival] = noted;
}

/** Nothing for a request that came by another way, or that is a copy. */
export function arrivalOf(request: RequestHead & Marked): Arrival | undefined {
  return request[arrival];
}

/** Clocks that are further apart are reported (`health().clockSkew`), and nobody goes by them. */
const CLOSE = 60_000;

/**
 * When it came, by the database's clock as far as that is known: it is compared with the time of an
 * "everywhere", and a process that is a few seconds behind must not refuse whoever signs in after one.
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

import type { Clock } from "../core/clock.js";
import type { Connection } from "./client-address.js";
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

/** When it came, by the wall clock. */
export function arrivedAt(request: RequestHead, clock: Clock): Date | undefined {
  const noted = arrivalOf(request);
  if (noted === undefined) return undefined;
  return new Date(clock.now() - Math.max(0, performance.now() - noted.at));
}

import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";

/** What the test has started: `auth` and `routes`, made anew for each case. */
export const current = () =>
  globalThis[Symbol.for("rollcall.test.next")]({ cookies, headers, redirect });

/** A route handler that asks for the current one at each request. */
export const route = (name) => (request, context) => current().routes[name](request, context);

/** `auth.handlers`, likewise. */
export const handlers = Object.fromEntries(
  ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => [
    method,
    (request) => current().auth.handlers[method](request),
  ]),
);

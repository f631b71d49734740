import type { Http } from "../http/http-api.js";
import { lackingHeaders } from "../http/outgoing-headers.js";
import type { RequestHead } from "../http/request-head.js";
import type { NodeResponse } from "./node-response.js";
import { whenBegun } from "./when-begun.js";

/** Headers about a body that a handler set before it threw, and did not send. */
export const OF_ANOTHER_BODY: readonly string[] = [
  "content-encoding",
  "transfer-encoding",
  "etag",
  "last-modified",
];

/**
 * Adds changed cookies just before the response begins, however it is made. They override the
 * caching headers that the application set by then.
 */
export function carryHeaders(response: NodeResponse, http: Http, head: RequestHead): void {
  whenBegun(response, () => {
    const outgoing = http.outgoingHeaders(head);
    if (outgoing === null) return;
    const held = new Headers();
    for (const name of ["cache-control", "set-cookie"]) {
      for (const line of linesOf(response, name)) held.append(name, line);
    }
    for (const [name, value] of lackingHeaders(held, outgoing)) {
      if (name === "set-cookie") response.setHeader(name, [...linesOf(response, name), value]);
      else response.setHeader(name, value);
    }
  });
}

function linesOf(response: NodeResponse, name: string): string[] {
  return [response.getHeader(name) ?? []].flat().map(String);
}

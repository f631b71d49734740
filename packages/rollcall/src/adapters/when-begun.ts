import type { NodeResponse } from "./node-response.js";

/**
 * Calls back once, just before the head of a response is written. All headers are set by then, also
 * those passed to `writeHead`. (If nobody calls `writeHead`, Node does.)
 */
export function whenBegun(response: NodeResponse, listener: () => void): void {
  const writeHead: unknown = Reflect.get(response, "writeHead");
  if (typeof writeHead !== "function") throw new TypeError("the response has no writeHead()");
  let hasBegun = false;
  const begin = (...given: readonly unknown[]): unknown => {
    const [status, ...rest] = given;
    const message = typeof rest[0] === "string" ? [rest.shift()] : [];
    if (typeof status === "number") response.statusCode = status;
    if (typeof rest[0] === "object" && rest[0] !== null) {
      for (const [name, value] of headersIn(rest[0])) response.setHeader(name, value);
    }
    if (!hasBegun) {
      hasBegun = true;
      listener();
    }
    // A listener may have changed the status, which the message then says nothing of.
    const isKept = response.statusCode === status;
    return Reflect.apply(writeHead, response, [response.statusCode, ...(isKept ? message : [])]);
  };
  Reflect.set(response, "writeHead", begin);
}

/** As `writeHead` takes them: an object, pairs, or names and values in turn (Node's raw headers). */
function headersIn(given: object): Map<string, string | string[]> {
  const headers = new Map<string, string | string[]>();
  for (const [name, value] of entriesOf(given)) {
    const values = [headers.get(String(name)) ?? [], value].flat().map(String);
    headers.set(
      String(name),
      values.length === 1 && !Array.isArray(value) ? String(value) : values,
    );
  }
  return headers;
}

function entriesOf(given: object): Iterable<readonly unknown[]> {
  if (!Array.isArray(given))
    return Object.entries(given).filter(([, value]) => value !== undefined);
  const list: readonly unknown[] = given;
  if (list.every(Array.isArray)) return list;
  return list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1]]] : []));
}

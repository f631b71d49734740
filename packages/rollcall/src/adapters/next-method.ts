import type { RequestHead } from "../http/request-head.js";

/**
 * Next tells the method only in `guard` and `errors`, so elsewhere it is inferred: a server action
 * names itself, and any other POST describes its body, if only as empty (RFC 9110 §8.6). Where that is
 * wrong, too much is refused: signing in or out behind GET, and a POST of another origin.
 */
export function methodOf(headers: RequestHead["headers"]): "GET" | "POST" {
  const ofPost = ["next-action", "content-type", "content-length", "transfer-encoding"];
  return ofPost.some((name) => headers.get(name) !== null) ? "POST" : "GET";
}

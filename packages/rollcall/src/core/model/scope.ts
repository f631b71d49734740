/** RFC 6749 §3.3: printable ASCII but space, `"` and `\`. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/;

/** Whether a value is the name of a scope, of 64 characters at most. */
export function isScope(value: unknown): value is string {
  return typeof value === "string" && SCOPE.test(value);
}

/**
 * Removes the optional white space of HTTP, SP and HTAB, around a string (RFC 9110 §5.6.3). Not
 * `trim()`, which also removes characters that browsers and proxies keep, such as U+00A0. A cookie
 * with another name would then count as ours.
 */
export function withoutOptionalWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

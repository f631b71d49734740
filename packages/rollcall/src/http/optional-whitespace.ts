/**
 * A text without the blanks around it that HTTP leaves optional: SP and HTAB (RFC 9110 §5.6.3). Not
 * `trim()`, which takes away what browsers and proxies keep, U+00A0 say: a name that is another to
 * them would become one of ours.
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

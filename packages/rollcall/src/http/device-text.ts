/** More than this is no description of a device; so many bytes of JSON, so that a few of them fit. */
const MOST_BYTES = 512;

/**
 * What is kept of a text that a client sent of itself. It may be anything, and a sign-in is not to
 * fail over it: without what a database refuses, and cut to its first 512 bytes.
 */
export function deviceText(sent: string): string {
  let text = "";
  let bytes = 0;
  for (const character of sent.slice(0, MOST_BYTES).toWellFormed()) {
    if (character < " " || character === "\x7f") continue;
    // A quotation mark takes two.
    bytes += Buffer.byteLength(JSON.stringify(character)) - 2;
    if (bytes > MOST_BYTES) break;
    text += character;
  }
  return text;
}

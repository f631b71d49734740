/** The most bytes of JSON that are kept, so that several such strings fit into a device. */
const MOST_BYTES = 512;

/**
 * Cleans a string that a client sent about itself, so that no sign-in fails because of it:
 * characters that databases refuse are removed, and it is cut to 512 bytes.
 */
export function deviceText(sent: string): string {
  let text = "";
  let bytes = 0;
  for (const character of sent.slice(0, MOST_BYTES).toWellFormed()) {
    if (character < " " || character === "\x7f") continue;
    // A quotation mark takes two bytes.
    bytes += Buffer.byteLength(JSON.stringify(character)) - 2;
    if (bytes > MOST_BYTES) break;
    text += character;
  }
  return text;
}

/** A text in pieces: what stands there, and what stands for `{name}`. */
export function fill<T>(
  text: string,
  values: Readonly<Record<string, T>>,
): readonly (string | T)[] {
  // split() keeps what the group caught, so every second piece is a name in braces.
  return text.split(/\{(\w+)\}/).map((piece, index) => {
    const value = index % 2 === 1 ? values[piece] : undefined;
    return value ?? piece;
  });
}

/** The same where only text can stand: labels and announcements. */
export function fillText(text: string, values: Readonly<Record<string, string>>): string {
  return fill(text, values).join("");
}

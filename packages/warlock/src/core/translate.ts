/** What a key says. There are no translations here: the key itself, for clients to look up. */
export function t(key: string, _placeholders?: unknown): string {
  return key;
}

/**
 * An origin as browsers send it: a web origin in its canonical form (RFC 6454 §6.2), or one of an
 * application's own scheme, such as `capacitor://localhost` or `chrome-extension://…`.
 *
 * @throws TypeError naming the option.
 */
export function exactOrigin(text: string, option: string): string {
  if (text === "null") {
    throw new TypeError(
      `${option} must not be "null": every sandboxed frame and local file sends that. For the ` +
        'callback of an identity provider see csrf: "verified" of signIn',
    );
  }
  if (isWebOrigin(text) || isOwnScheme(text)) return text;
  throw new TypeError(`${option} must be exact, such as "https://app.example", without a path`);
}

/**
 * As {@link exactOrigin}, for the origin of a server: http or https.
 * @throws TypeError naming the option.
 */
export function webOrigin(text: string, option: string): string {
  if (isWebOrigin(text)) return text;
  throw new TypeError(`${option} must be exact, such as "https://app.example", without a path`);
}

function isWebOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Browsers lowercase only the scheme; each scheme decides what its hosts look like. */
function isOwnScheme(text: string): boolean {
  return (
    !/^(https?|wss?|ftp):/.test(text) &&
    (text === "file://" || /^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._~-]+(:\d{1,5})?$/.test(text))
  );
}

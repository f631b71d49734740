/**
 * The address that a text of the page's author names, or `""` for one that would run code instead of opening
 * a page (`javascript:`, `data:`, …): templates fill attributes with whatever a query string holds. Besides
 * `http` and `https` only the page's own scheme passes, which in an app may be `capacitor:` or `tauri:`.
 */
export function webAddress(text: string): string {
  try {
    const { href, protocol } = new URL(text, document.baseURI);
    return ["https:", "http:", location.protocol].includes(protocol) ? href : "";
  } catch {
    return "";
  }
}

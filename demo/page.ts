import { readFile } from "node:fs/promises";

/** The page's files, which lie beside the sources. */
const FILES: Readonly<Record<string, readonly [name: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
  "/app.css": ["app.css", "text/css; charset=utf-8"],
};

/** Only what this origin serves, and nothing inline (CSP 3). */
const POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** A file of the page; `null` for other paths. */
export async function pageFile(pathname: string): Promise<Response | null> {
  const [name, type] = FILES[pathname] ?? [];
  if (name === undefined || type === undefined) return null;
  const body = await readFile(new URL(`../page/${name}`, import.meta.url));
  return new Response(body, {
    headers: {
      "Content-Type": type,
      "Content-Security-Policy": POLICY,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-cache",
    },
  });
}

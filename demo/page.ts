import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** The page's files, which lie beside the sources. */
const FILES: Readonly<Record<string, readonly [name: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/articles.js": ["articles.js", "text/javascript; charset=utf-8"],
  "/step-up.js": ["step-up.js", "text/javascript; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
  "/admin": ["admin.html", "text/html; charset=utf-8"],
  "/admin.js": ["admin.js", "text/javascript; charset=utf-8"],
  "/app.css": ["app.css", "text/css; charset=utf-8"],
};

/** The bundled screens are part of the package. */
const SCREENS: ReadonlySet<string> = new Set(["/rollcall-sessions.js", "/rollcall-api-keys.js"]);
const packaged = createRequire(import.meta.url).resolve("rollcall/package.json");

/** Only resources of this origin, and nothing inline (CSP 3). */
const POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** A file of the page; `null` for other paths. */
export async function pageFile(pathname: string): Promise<Response | null> {
  const isScreen = SCREENS.has(pathname);
  const [name, type] = isScreen
    ? [pathname.slice(1), "text/javascript; charset=utf-8"]
    : (FILES[pathname] ?? []);
  if (name === undefined || type === undefined) return null;
  const body = await readFile(
    isScreen
      ? new URL(`dist/${name}`, pathToFileURL(packaged))
      : new URL(`../page/${name}`, import.meta.url),
  );
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

import { createServer } from "node:http";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openBrowser } from "../support/browser.js";
import { listen } from "../support/listen.js";

/** A browser, and a page that has the element and a fake client. */
export interface Stage {
  readonly browser: Browser;
  readonly url: string;
  /** A page of its own. `lang` and `style` are the host page's. */
  open(options?: BrowserContextOptions, host?: { lang?: string; style?: string }): Promise<Page>;
  close(): Promise<void>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export async function openStage(more: ReadonlyMap<string, string> = new Map()): Promise<Stage> {
  const scripts = new Map([...(await bundle("test/element/page-entry.ts")), ...more]);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://stage");
    const script = scripts.get(url.pathname.slice(1));
    if (script !== undefined) {
      response.writeHead(200, { "Content-Type": "text/javascript" }).end(script);
      return;
    }
    const lang = url.searchParams.get("lang") ?? "en";
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      // Nothing but the bundle may run, whatever a name holds.
      "Content-Security-Policy":
        "script-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html",
    });
    response.end(html(lang, url.searchParams.get("style") ?? ""));
  });
  const { url: origin, close } = await listen(server);
  const url = `${origin}/`;
  const browser = await openBrowser();
  return {
    browser,
    url,
    async open(options = {}, { lang = "en", style = "" } = {}) {
      const context = await browser.newContext({
        timezoneId: "Europe/Vienna",
        // What a test looks at is not on its way from one colour to the next.
        reducedMotion: "reduce",
        ...options,
      });
      const page = await context.newPage();
      page.on("pageerror", (error) => {
        throw error;
      });
      await page.goto(`${url}?${new URLSearchParams({ lang, style })}`);
      return page;
    },
    async close() {
      await browser.close();
      await close();
    },
  };
}

function html(lang: string, style: string): string {
  const dir = lang.startsWith("ar") ? "rtl" : "ltr";
  return `<!doctype html>
<html lang="${lang}" dir="${dir}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Account</title>
<style>
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
  body { margin: 0; padding: 1.5rem 1rem; background: Canvas; color: CanvasText; }
  main { max-width: 46rem; margin: auto; }
  ${style}
</style>
<main><h1>Account</h1></main>
<script type="module" src="/page-entry.js"></script>
</html>`;
}

/** Bundles an entry point for the browser: files by their names. */
export async function bundle(
  entry: string,
  more: BuildOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    splitting: true,
    outdir: "out",
    format: "esm",
    target: "es2022",
    ignoreAnnotations: true,
    ...more,
    write: false,
  });
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
}

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { browserAvailable } from "../support/browser.js";
import { openStage } from "./stage.js";

/** The example of the guide, as it stands there. */
async function example(): Promise<string> {
  const guide = await readFile(new URL("../../docs/element.md", import.meta.url), "utf8");
  const code = /^```tsx\n(.*?)^```/ms.exec(guide)?.[1];
  if (code === undefined) throw new Error("docs/element.md has no example for React");
  return code;
}

const root = join(import.meta.dirname, "../..");

/** What the compiler says of it, as strict as the project. */
async function complaints(code: string): Promise<string> {
  const cache = join(root, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "react-"));
  try {
    const config = {
      extends: relative(folder, join(root, "tsconfig.json")),
      compilerOptions: { jsx: "react-jsx" },
      files: ["guide.tsx"],
      include: [],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    await writeFile(join(folder, "guide.tsx"), code);
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    return await new Promise((resolve) => {
      execFile(process.execPath, [tsc, "-p", folder], (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const PAGE = `
import { createElement, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Devices } from "guide";
const main = document.querySelector("main");
createRoot(main).render(
  createElement(StrictMode, null, createElement(Devices, { client: fake, onLeave: (text) => { document.title = text; } })),
);`;

test("the guide's example for React compiles", async () => {
  const code = await example();
  expect(await complaints(code)).toBe("");
  const wrong = code.replace("client={props.client}", "client={1}");
  expect(await complaints(wrong)).toContain("TS2322");
});

describe.skipIf(!browserAvailable)("in React", () => {
  test("the guide's example passes the client and hears the end", async () => {
    const guide = await example();
    const { outputFiles } = await build({
      stdin: { contents: PAGE, resolveDir: import.meta.dirname },
      bundle: true,
      write: false,
      format: "esm",
      jsx: "automatic",
      define: { "process.env.NODE_ENV": '"development"' },
      // The page has defined the element already.
      external: ["rollcall/*"],
      plugins: [
        {
          name: "guide",
          setup({ onResolve, onLoad }) {
            onResolve({ filter: /^guide$/ }, () => ({ path: "guide", namespace: "guide" }));
            onLoad({ filter: /.*/, namespace: "guide" }, () => ({
              contents: guide.replace('import "rollcall/element/define";', ""),
              loader: "tsx",
              resolveDir: import.meta.dirname,
            }));
          },
        },
      ],
    });
    const stage = await openStage(new Map([["react.js", outputFiles[0]?.text ?? ""]]));
    try {
      const page = await stage.open();
      await page.evaluate(`import("/react.js")`);
      await expect.poll(() => page.locator("li").count()).toBe(5);
      expect(await page.evaluate(() => fake.followers.changes)).toBe(1);
      await page.evaluate(() =>
        fake.end({ reason: "revoked", by: { kind: "user", device: "Safari" } }),
      );
      await expect.poll(() => page.title()).toBe("Signed out from Safari.");
    } finally {
      await stage.close();
    }
  });
});

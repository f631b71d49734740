import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { type BuiltElement, buildElement } from "./built-element.js";

const LANGUAGES = ["ar", "de", "es", "fr", "ja", "zh"];
let built: BuiltElement;
beforeAll(async () => {
  built = await buildElement();
});

describe("the file for the script tag", () => {
  test("comes with a file for each language but English, and the manifest", () => {
    const languages = LANGUAGES.map((language) => `rollcall-sessions.${language}.js`);
    expect([...built.files.keys()].toSorted()).toEqual(
      ["custom-elements.json", "rollcall-sessions.js", ...languages].toSorted(),
    );
  });

  test("weighs at most 20 kB gzipped, Lit and the client included; a language 1.5 kB", () => {
    const scripts = [...built.files].filter(([name]) => name.endsWith(".js"));
    const sizes = scripts.map(([name, bytes]) => ({
      name,
      size: gzipSync(bytes, { level: 9 }).length,
    }));
    for (const { name, size } of sizes) {
      expect.soft(size, name).toBeLessThanOrEqual(name === "rollcall-sessions.js" ? 20_000 : 1_500);
    }
    expect(built.stdout).toMatch(/rollcall-sessions\.js: \d{5} bytes gzipped/);
  });

  test("needs nothing but its languages", () => {
    const text = built.files.get("rollcall-sessions.js") ?? "";
    const imports = [...text.matchAll(/(?:\bfrom|\bimport\()\s*"([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(imports.toSorted()).toEqual(
      LANGUAGES.map((language) => `./rollcall-sessions.${language}.js`),
    );
    // Of the server not a byte, and nothing that only developers read.
    expect(text).not.toMatch(/node:|\bBuffer\b|scrypt|sourceMappingURL/);
    expect(text).not.toContain("is not recommended for production");
  });
});

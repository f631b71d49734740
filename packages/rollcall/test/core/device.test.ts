import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { Device } from "rollcall";
import { deviceFromRequest } from "rollcall/http";
import { expect, test } from "vitest";
import { parseDevice } from "../../src/core/model/device.js";

/** What a device sends, and what a person would call it: browser, system, type. */
interface Row {
  readonly headers: Readonly<Record<string, string>>;
  readonly label: readonly [string | null, string | null, string];
}

const rows: readonly Row[] = JSON.parse(
  readFileSync(new URL("devices.json", import.meta.url), "utf8"),
);

function labelOf(headers: Row["headers"]): Device {
  return parseDevice(
    deviceFromRequest({ method: "GET", headers: { get: (name) => headers[name] ?? null } }),
  );
}

test("the table is one of 300 devices, none of them twice", () => {
  expect(rows.length).toBeGreaterThanOrEqual(300);
  expect(new Set(rows.map(({ headers }) => JSON.stringify(headers))).size).toBe(rows.length);
});

for (const { headers, label } of rows) {
  const [browser, os, type] = label;
  const hints = Object.keys(headers).filter((name) => name.startsWith("sec-"));
  test(`${browser} on ${os}, ${type}: ${headers["user-agent"]} ${hints.join()}`, () => {
    expect(labelOf(headers)).toEqual({ browser, os, type });
  });
}

test("Safari on an iPad says it is a Mac, unless the application knows better", () => {
  const userAgent =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15";
  expect(parseDevice({ userAgent })).toEqual({ browser: "Safari", os: "macOS", type: "desktop" });
  const hints = { platform: "iPadOS" };
  expect(parseDevice({ userAgent, hints })).toEqual({
    browser: "Safari",
    os: "iPadOS",
    type: "tablet",
  });
});

const HOSTILE = [
  "\u202egnp.exe",
  "<b>x</b>",
  "\u200b",
  "a\nb",
  "\u0000",
  "javascript:alert(1)",
  "%E2%80%AEx",
  "%00",
  "%zz",
  "\u2066x\u2069",
];

test("a name that is made to mislead is none", () => {
  for (const name of HOSTILE) {
    for (const info of [
      { userAgent: `${name}/1.0 CFNetwork/1 Darwin/24` },
      { userAgent: `Mozilla/5.0 (X11; Linux x86_64) ${name}/1.0 Chrome/1 Electron/1` },
      { userAgent: "Mozilla/5.0", hints: { brands: `"${name}";v="1"`, platform: name } },
    ]) {
      const { browser, os } = parseDevice(info);
      expect(`${browser} ${os}`, JSON.stringify(info)).not.toMatch(/[\p{C}<>:%]/u);
    }
  }
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 4000 }),
  fc.string({
    unit: fc.constantFrom(
      "Mozilla/5.0 ",
      "Android ",
      "bot",
      "(",
      ")",
      "/1",
      "TV ",
      "a",
      "%E5",
      ";",
    ),
    maxLength: 600,
  }),
);

test("whatever was recorded, the label is one of the kinds, short and harmless, and the same again", () => {
  const types = ["desktop", "mobile", "tablet", "tv", "bot", "cli", "unknown"];
  fc.assert(
    fc.property(
      text,
      fc.oneof(
        fc.dictionary(
          fc.constantFrom("brands", "platform", "model", "mobile", "platformVersion"),
          text,
        ),
        fc.json().map((json) => JSON.parse(json)),
      ),
      (userAgent, hints) => {
        const label = parseDevice({ userAgent, hints });
        expect(types).toContain(label.type);
        for (const name of [label.browser, label.os]) {
          expect(name ?? "x").toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} !.&+_'-]{0,39}$/u);
        }
        expect(parseDevice({ userAgent, hints })).toEqual(label);
      },
    ),
  );
});

test("a name that every object of the language knows is a name like any other", () => {
  for (const name of ["constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf"]) {
    for (const userAgent of [`${name}/1.0`, `${name}/1.0 CFNetwork/1 Darwin/24`]) {
      expect(parseDevice({ userAgent }).browser, userAgent).toBe(name);
    }
    const hints = { brands: `"${name}";v="1"`, platform: name };
    expect(parseDevice({ userAgent: "", hints })).toMatchObject({ browser: name, os: null });
  }
});

test("more devices than are remembered are still told apart, and nobody changes a label for others", () => {
  for (let version = 0; version < 1000; version++) {
    const userAgent = `App${version}/1 CFNetwork/1 Darwin/24`;
    const label = parseDevice({ userAgent });
    expect(label.browser).toBe(`App${version}`);
    expect(Object.isFrozen(label)).toBe(true);
  }
});

test("what is no text says nothing", () => {
  const nothing = { browser: null, os: null, type: "unknown" };
  expect(parseDevice(null)).toEqual(nothing);
  for (const info of [
    '{"userAgent":{"a":1}}',
    '{"hints":[1]}',
    '{"hints":{"platform":7,"brands":{}}}',
    "{}",
  ]) {
    expect(parseDevice(JSON.parse(info)), info).toEqual(nothing);
  }
});

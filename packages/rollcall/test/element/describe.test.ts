import type { ListedSession } from "rollcall/client";
import { describe, expect, test } from "vitest";
import {
  dateTime,
  isActive,
  namingOf,
  recordedPlace,
  relative,
  whereabouts,
} from "../../src/element/describe.js";
import { languageOf } from "../../src/element/texts/languages.js";
import { sampleSession } from "./sample-sessions.js";

const english = languageOf("en");
const UNKNOWN = { browser: null, os: null, type: "unknown" } as const;

describe("the name of a session", () => {
  test.each<readonly [Partial<ListedSession>, string, string | null]>([
    [{}, "Firefox on Windows", null],
    [{ name: "Attic" }, "Attic", "Firefox on Windows"],
    [{ device: { browser: "curl", os: null, type: "cli" } }, "curl", null],
    [{ device: { browser: null, os: "Android", type: "mobile" } }, "Android", null],
    [{ device: UNKNOWN, deviceInfo: null }, "Unknown device", null],
    [{ device: UNKNOWN, deviceInfo: { userAgent: "Acme/3" } }, "Unknown device", "Acme/3"],
    [{ device: UNKNOWN, deviceInfo: { userAgent: "Acme/3" }, name: "Till" }, "Till", "Acme/3"],
    [{ device: UNKNOWN, deviceInfo: { userAgent: " " } }, "Unknown device", null],
    // Nothing of it is to be seen: spaces of no width, a change of direction, a filler.
    [{ name: "\u200b\u202e\u2060\u3164" }, "Firefox on Windows", null],
    [{ name: "\u200f\u05d0" }, "\u200f\u05d0", "Firefox on Windows"],
    [{ name: "👩‍💻" }, "👩‍💻", "Firefox on Windows"],
  ])("of %j is %s", (given, name, kind) => {
    expect(namingOf(sampleSession("a", given), english)).toMatchObject({ name, kind });
  });

  test("runs in the direction of its words", () => {
    const ours = namingOf(sampleSession("a"), {
      ...english,
      texts: { ...english.texts, direction: "rtl" },
    });
    expect([ours.nameDirection, ours.kindDirection]).toEqual(["rtl", "rtl"]);
    const theirs = namingOf(sampleSession("a", { name: "x", device: UNKNOWN }), english);
    expect([theirs.nameDirection, theirs.kindDirection]).toEqual(["auto", "auto"]);
  });

  test("takes a name for what it says, braces too", () => {
    expect(namingOf(sampleSession("a", { name: "{os}" }), english).name).toBe("{os}");
    const device = { browser: "{os}", os: "{browser}", type: "desktop" } as const;
    expect(namingOf(sampleSession("a", { device }), english).name).toBe("{os} on {browser}");
  });
});

describe("where it was", () => {
  test("is the place and the address last seen, else the one of the sign-in", () => {
    const session = sampleSession("a", { lastIp: "192.0.2.1" });
    expect(whereabouts(session, "Graz")).toEqual(["Graz", "192.0.2.1"]);
    expect(whereabouts({ ...session, lastIp: null }, null)).toEqual(["203.0.113.7"]);
    expect(whereabouts({ ...session, lastIp: null, deviceInfo: null }, null)).toEqual([]);
  });

  test("comes from what the application recorded, if that is a text", () => {
    expect(recordedPlace(sampleSession("a", { deviceInfo: { place: "Graz" } }))).toBe("Graz");
    expect(recordedPlace(sampleSession("a", { deviceInfo: { place: { x: 1 } } }))).toBeNull();
    expect(recordedPlace(sampleSession("a", { deviceInfo: null }))).toBeNull();
  });
});

describe("times", () => {
  const now = new Date("2026-03-01T12:00:00.000Z");
  const earlier = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);

  test.each([
    [20, "1 minute ago"],
    [61, "1 minute ago"],
    [59.4 * 60, "59 minutes ago"],
    [59.6 * 60, "1 hour ago"],
    [2 * 3600, "2 hours ago"],
    [23.9 * 3600, "23 hours ago"],
    [86_400, "1 day ago"],
    [36 * 3600, "1 day ago"],
    [30 * 86_400, "30 days ago"],
    [31 * 86_400, "1 month ago"],
    [9 * 86_400, "9 days ago"],
    [65 * 86_400, "2 months ago"],
    [800 * 86_400, "2 years ago"],
    [-28 * 86_400 + 5, "in 28 days"],
    [-3600, "in 1 hour"],
    [-20, "in 1 minute"],
  ])("%d seconds before now is %s", (seconds, words) => {
    expect(relative(earlier(seconds), now, "en")).toBe(words);
  });

  test("a session is active while it is this one, or was used within two minutes", () => {
    const used = (seconds: number, current = false): ListedSession =>
      sampleSession("a", { lastUsedAt: earlier(seconds), current });
    expect(isActive(used(119), now)).toBe(true);
    expect(isActive(used(121), now)).toBe(false);
    expect(isActive(used(9999, true), now)).toBe(true);
  });

  test("are written as the country does", () => {
    const january = new Date(2026, 0, 5, 15, 30);
    expect(dateTime(january, "de-AT", "exact")).toContain("Jänner");
    expect(dateTime(january, "en", "short")).toMatch(/^Jan 5, 2026, 3:30\sPM$/);
  });
});

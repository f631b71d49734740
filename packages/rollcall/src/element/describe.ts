import type { ListedSession } from "../client/client-api.js";
import { fillText } from "./texts/fill.js";
import type { Language } from "./texts/languages.js";

export type Direction = "auto" | "ltr" | "rtl";

/** What a person calls a session. */
export interface Naming {
  readonly name: string;
  /** What kind of device it is, where the name does not say so; else `null`. */
  readonly kind: string | null;
  /** Directions: our words run as the language does, others' as they begin. */
  readonly nameDirection: Direction;
  readonly kindDirection: Direction;
}

/** The name its owner gave it, or "Firefox on Windows". */
export function namingOf({ name, device, deviceInfo }: ListedSession, { texts }: Language): Naming {
  const { browser, os } = device;
  const known =
    browser !== null && os !== null && browser !== os
      ? fillText(texts.browserOnSystem, { browser, os })
      : (browser ?? os);
  const ours = texts.direction ?? "ltr";
  // What no parser knows is shown as it introduced itself.
  const kind = known ?? textOf(deviceInfo?.userAgent);
  const given = textOf(name);
  return {
    name: given ?? known ?? texts.unknownDevice,
    kind: given === null && known !== null ? null : kind,
    nameDirection: given === null ? ours : "auto",
    kindDirection: known === null ? "auto" : ours,
  };
}

/** Where a session was seen last: a place if the server knows one, and its address. */
export function whereabouts(session: ListedSession, place: string | null): readonly string[] {
  const address = textOf(session.lastIp) ?? textOf(session.deviceInfo?.ip);
  return [place, address].filter((part) => part !== null);
}

/** An address has no direction of its own: `::1` must not become `1::`. */
export function isAddress(text: string): boolean {
  return /^[\da-f:.]+$/i.test(text);
}

/** `deviceInfo.place`, where an application records one. */
export function recordedPlace({ deviceInfo }: ListedSession): string | null {
  return textOf(deviceInfo?.["place"]);
}

/** Servers note last use about once a minute. */
const ACTIVE = 2 * 60_000;

/** Whether it is in use as far as anybody can tell. */
export function isActive({ current, lastUsedAt }: ListedSession, now: Date): boolean {
  return current || now.getTime() - lastUsedAt.getTime() < ACTIVE;
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 365.25 * 86_400],
  ["month", 30.44 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** "2 hours ago", "in 12 days", by the largest unit that fits. */
export function relative(date: Date, now: Date, locale: string): string {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  // To the nearest minute. Of all else only what is full: 36 hours are not two days yet.
  const length = Math.max(60, Math.abs(seconds) + 30);
  const [unit, size] = UNITS.find(([, size]) => length >= size) ?? (["minute", 60] as const);
  return formatsOf(locale).relative.format(Math.sign(seconds) * Math.trunc(length / size), unit);
}

/** A date with its time: for a line, or exact to the second. */
export function dateTime(date: Date, locale: string, style: "short" | "exact"): string {
  return formatsOf(locale)[style].format(date);
}

interface Formats {
  readonly relative: Intl.RelativeTimeFormat;
  readonly short: Intl.DateTimeFormat;
  readonly exact: Intl.DateTimeFormat;
}

const formats = new Map<string, Formats>();

/** Made once: to make one takes longer than to draw a row. */
function formatsOf(locale: string): Formats {
  const known = formats.get(locale) ?? {
    relative: new Intl.RelativeTimeFormat(locale),
    short: new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }),
    exact: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" }),
  };
  formats.set(locale, known);
  return known;
}

/** Something to see: no spaces, no control characters, nothing of no width. */
const VISIBLE = /[^\p{C}\p{Z}\p{DI}]/u;

/** Recorded by applications and people, verbatim, so it may be anything. */
function textOf(value: unknown): string | null {
  return typeof value === "string" && VISIBLE.test(value) ? value : null;
}

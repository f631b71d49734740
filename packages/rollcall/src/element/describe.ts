import type { ListedSession } from "../client/client-api.js";
import { fillText } from "./texts/fill.js";
import type { Language } from "./texts/languages.js";

export type Direction = "auto" | "ltr" | "rtl";

/** What a person calls a session. */
export interface Naming {
  readonly name: string;
  /** The kind of device, if the name does not tell; otherwise `null`. */
  readonly kind: string | null;
  /** Text direction: our words follow the language, other people's their first letter. */
  readonly nameDirection: Direction;
  readonly kindDirection: Direction;
}

/** The name its owner gave it, or "Firefox on Windows". */
export function namingOf(session: ListedSession, { texts }: Language): Naming {
  const { name, device, deviceInfo } = session;
  const { browser, os } = device;
  const known =
    browser !== null && os !== null && browser !== os
      ? fillText(texts.browserOnSystem, { browser, os })
      : (browser ?? os);
  const ours = texts.direction ?? "ltr";
  // An unknown program is shown by the name it gives itself.
  const kind = known ?? textOf(deviceInfo?.userAgent);
  const given = textOf(name);
  return {
    name: given ?? (isKey(session) ? texts.apiKeys : (known ?? texts.unknownDevice)),
    // What made an API key says little of what uses it.
    kind: isKey(session) || (given === null && known !== null) ? null : kind,
    nameDirection: given === null ? ours : "auto",
    kindDirection: known === null ? "auto" : ours,
  };
}

/** Whether it is an API key: a program's, and on no device. */
export function isKey({ scopes }: ListedSession): boolean {
  return Array.isArray(scopes);
}

/** Whether two sessions are on one device, as far as the server knows. */
export function isSameDevice(one: ListedSession, other: ListedSession | undefined): boolean {
  return one === other || (!!one.deviceId && one.deviceId === other?.deviceId);
}

/** What it is besides: by whom it is used, its kind and level, or the scopes of an API key. */
export function labelsOf(session: ListedSession, { texts }: Language): readonly string[] {
  const { actor, kind, level, scopes } = session;
  const names = scopes ?? [kind, level];
  return [
    actor ? texts.acting : "",
    ...names.map((name) => texts.labels?.[name ?? ""] ?? name ?? ""),
  ].filter((label) => label !== "");
}

/** Where a session was last used: a place if the server recorded one, and the IP address. */
export function whereabouts(session: ListedSession, place: string | null): readonly string[] {
  const address = textOf(session.lastIp) ?? textOf(session.deviceInfo?.ip);
  return [place, address].filter((part) => part !== null);
}

/** Always left to right: `::1` must not become `1::` in Arabic. */
export function isAddress(text: string): boolean {
  return /^[\da-f:.]+$/i.test(text);
}

/** `deviceInfo.place`, where an application records one. */
export function recordedPlace({ deviceInfo }: ListedSession): string | null {
  return textOf(deviceInfo?.["place"]);
}

/** The server records the last use about once a minute. */
const ACTIVE = 2 * 60_000;

/** Whether it seems to be in use right now. */
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
  // Minutes are rounded; larger units are rounded down: 36 hours are not two days.
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

/** Cached: creating a formatter takes longer than drawing a row. */
function formatsOf(locale: string): Formats {
  const known = formats.get(locale) ?? {
    relative: new Intl.RelativeTimeFormat(locale),
    short: new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }),
    exact: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" }),
  };
  formats.set(locale, known);
  return known;
}

/** Visible characters: no spaces, control characters or zero-width characters. */
const VISIBLE = /[^\p{C}\p{Z}\p{DI}]/u;

/** Recorded as it was sent, so it may be anything. */
function textOf(value: unknown): string | null {
  return typeof value === "string" && VISIBLE.test(value) ? value : null;
}

import type { SessionLimit } from "../../src/core/port/operations.js";
import { type BrokenStore, brokenStore, limited, storing } from "./broken-store.js";

const withoutKind = ({ max, onLimit, apart = [] }: SessionLimit): SessionLimit => ({
  max,
  onLimit,
  apart,
});

export const brokenKinds: readonly BrokenStore[] = [
  brokenStore(
    "forgets the kind",
    "the kind of a session comes back, and null where it has none",
    storing(() => ({ kind: null })),
  ),
  brokenStore(
    'takes the kind "null" for none',
    "the kind of a session comes back, and null where it has none",
    storing(({ kind }) => ({ kind: kind === "null" ? null : kind })),
  ),
  brokenStore(
    "counts all kinds for one that counts alone",
    "of a kind that counts alone only its own sessions count, and are evicted",
    limited(withoutKind),
  ),
  brokenStore(
    "counts kinds that count alone with all others",
    "all other kinds count together, and never one that counts alone",
    limited((limit) => ({ ...limit, apart: [] })),
  ),
  brokenStore(
    'takes the kind "null" that counts alone for none',
    "all other kinds count together, and never one that counts alone",
    limited((limit) => ({
      ...limit,
      apart: (limit.apart ?? []).filter((kind) => kind !== "null"),
    })),
  ),
  brokenStore(
    "refuses by the sessions of all kinds",
    "refuse counts by kinds too",
    limited((limit) => (limit.onLimit === "refuse" ? withoutKind(limit) : limit)),
  ),
  brokenStore(
    "counts API keys with the sessions",
    "API keys count with nobody, and nobody's sign-in evicts them",
    storing(() => ({ secretHash: null })),
  ),
];

import type { Sent } from "./sent.js";

const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/**
 * A variable of the environment: `true`, `false`, `null` and numbers as values, anything else as a
 * string. Start Node with `--env-file=.env` to read that file.
 */
export function env(name: string, fallback?: unknown): Sent {
  const sent = process.env[name];
  if (sent === undefined) return fallback;
  const word = Object.hasOwn(WORDS, sent) ? WORDS[sent] : undefined;
  if (word !== undefined) return word;
  // Only what is written as a number is: a secret of digits stays what it is.
  return sent !== "" && String(Number(sent)) === sent && Number.isFinite(Number(sent))
    ? Number(sent)
    : sent;
}

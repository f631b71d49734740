import type { Context } from "../context.js";
import type { SessionLimit } from "../port/operations.js";

type Kinds = Context["settings"]["kinds"];
/** A kind of sessions, as the options have it. */
export type Kind = NonNullable<ReturnType<Kinds["get"]>>;

/** The kind that a sign-in asks for; `undefined`: none. @throws TypeError when there is none of that name. */
export function kindOf({ settings }: Context<unknown>, name: string | undefined): Kind {
  const kind = settings.kinds.get(name ?? null);
  if (kind !== undefined) return kind;
  const names = [...settings.kinds.values()].flatMap((known) =>
    known.name === null ? [] : [`"${known.name}"`],
  );
  throw new TypeError(
    names.length === 0
      ? "kind must be one of the kinds of createSessions, which has none; leave it out"
      : `kind must be one of ${names.join(", ")}, or left out`,
  );
}

/** The limit that a session of a kind is held to, for the answer of `maxPerUser`. */
export function limitOf(
  { settings }: Context<unknown>,
  kind: Kind,
  max: number | null,
): SessionLimit | null {
  if (max === null || max === Number.POSITIVE_INFINITY) return null;
  if (!Number.isSafeInteger(max) || max < 1) {
    throw new TypeError("maxPerUser must answer a whole number of at least 1, or Infinity");
  }
  const { onLimit } = settings;
  if (kind.countsAlone && kind.name !== null) return { max, onLimit, kind: kind.name };
  const apart = [...settings.kinds.values()].flatMap(({ name, countsAlone }) =>
    countsAlone && name !== null ? [name] : [],
  );
  return { max, onLimit, apart };
}

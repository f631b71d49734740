import type { Context } from "../context.js";
import type { SessionLimit } from "../port/operations.js";

type Kinds = Context["settings"]["kinds"];
/** A kind of sessions, as the options have it. */
export type Kind = NonNullable<ReturnType<Kinds["get"]>>;

/** The kind that a sign-in asks for; `undefined`: none. @throws TypeError when there is none of that name. */
export function kindOf({ settings }: Context<unknown>, name: string | undefined): Kind {
  const kind = settings.kinds.get(name ?? null);
  if (kind !== undefined && kind.prefix === null) return kind;
  const names = [...settings.kinds.values()].flatMap((known) =>
    known.name === null || known.prefix !== null ? [] : [`"${known.name}"`],
  );
  throw new TypeError(
    names.length === 0
      ? "kind must be one of those given to createSessions, which has none with refresh; leave it out"
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

/** A kind whose sessions are API keys. */
export interface KeyKind extends Kind {
  readonly name: string;
  readonly prefix: string;
}

function isKeyKind(kind: Kind): kind is KeyKind {
  return kind.name !== null && kind.prefix !== null;
}

/** The kind of a new API key; `undefined`: the only one there is. @throws TypeError. */
export function keyKindOf({ settings }: Context<unknown>, name: string | undefined): KeyKind {
  const all = [...settings.kinds.values()].filter(isKeyKind);
  const named = name === undefined ? all : all.filter((kind) => kind.name === name);
  const [kind, another] = named;
  if (kind !== undefined && another === undefined) return kind;
  throw new TypeError(
    all.length === 0
      ? "API keys need a kind of their own in createSessions: { key: { refresh: false, prefix } }"
      : `kind must be one of ${all.map((one) => `"${one.name}"`).join(", ")}`,
  );
}

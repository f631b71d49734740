import type { Context } from "../context.js";
import { SessionError } from "../model/errors.js";
import type { StoredSession } from "../model/session.js";

/** One of the application's levels; `null` where none is given. @throws TypeError for any other. */
export function checkedLevel(
  context: Context<unknown>,
  level: string | undefined,
  option = "level",
): string | null {
  if (level === undefined) return null;
  const { names } = context.settings.levels;
  if (names.includes(level)) return level;
  throw new TypeError(
    names.length === 0
      ? `${option} needs levels in createSessions`
      : `${option} must be one of ${names.map((name) => `"${name}"`).join(", ")}: the levels of createSessions`,
  );
}

/** How long a session lasts at a level, in milliseconds. */
export interface LimitsAt {
  readonly idleTimeout: number;
  /** Counts from the sign-in. */
  readonly absoluteTimeout: number;
  /** Counts from the authentication. */
  readonly levelTimeout: number;
}

/** The limits of a session and those of a level: the smaller one counts. */
export function limitsAt(
  { settings }: Context<unknown>,
  { kind: name, persistent }: Pick<StoredSession, "kind" | "persistent">,
  level: string | null,
): LimitsAt {
  // A kind of before a deployment is none.
  const kind = settings.kinds.get(name) ?? settings.kinds.get(null);
  const base = kind ?? { ...settings, shortIdleTimeout: settings.idleTimeout };
  const limits = settings.levels.limitsOf(level);
  const idleTimeout = persistent ? base.idleTimeout : base.shortIdleTimeout;
  return {
    idleTimeout: Math.min(idleTimeout, limits.idleTimeout),
    absoluteTimeout: base.absoluteTimeout,
    levelTimeout: limits.absoluteTimeout,
  };
}

/**
 * How much is left of the limit of a level, by this process's clock.
 *
 * @throws SessionError `reauthentication_required` when it has passed already.
 */
export function leftOf(
  { settings }: Context<unknown>,
  { levelTimeout }: Pick<LimitsAt, "levelTimeout">,
  level: string | null,
  authenticatedAt: number | null,
): number {
  const now = settings.clock.now();
  const left = levelTimeout - Math.max(0, now - (authenticatedAt ?? now));
  if (left > 0) return left;
  throw new SessionError("reauthentication_required", {
    required: {
      maxAge: Math.floor(levelTimeout / 1000),
      ...(level === null ? {} : { level }),
    },
  });
}

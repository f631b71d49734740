import { type Duration, duration } from "../core/duration.js";
import type { Principal } from "../core/model/credentials.js";
import { SessionError } from "../core/model/errors.js";

/** How sure it must be that the caller is the user, and how long ago that was found out (RFC 9470). */
export interface Assurance {
  readonly maxAge?: Duration | undefined;
  readonly level?: string | undefined;
}

/**
 * @param levels Those of the application, lowest first.
 * @throws TypeError naming the option at fault.
 */
export function checkAssurance({ maxAge, level }: Assurance, levels: readonly string[]): void {
  if (maxAge !== undefined) duration(maxAge, "maxAge");
  if (level === undefined || levels.includes(level)) return;
  throw new TypeError(
    levels.length === 0
      ? "level needs levels in createSessions"
      : `level must be one of ${levels.map((name) => `"${name}"`).join(", ")}`,
  );
}

/**
 * The caller, if their authentication will do. A level that the application does not know, such as
 * one of before a deployment, is below all others.
 *
 * @throws SessionError `reauthentication_required`, with all that is asked for; `kind_forbidden` for an
 *   API key, which nobody can authenticate again.
 */
export function requireAssurance(
  principal: Principal,
  { maxAge, level }: Assurance,
  levels: readonly string[],
  now: number,
): Principal {
  if (maxAge === undefined && level === undefined) return principal;
  if (principal.scopes !== null) throw new SessionError("kind_forbidden");
  const age = maxAge === undefined ? null : duration(maxAge, "maxAge");
  const isRecent = age === null || ageOf(principal, now) < age;
  const rank = levels.indexOf(principal.level ?? "");
  const isSure = level === undefined || rank >= levels.indexOf(level);
  if (isRecent && isSure) return principal;
  throw new SessionError("reauthentication_required", {
    required: {
      ...(age === null ? {} : { maxAge: Math.floor(age / 1000) }),
      ...(level === undefined ? {} : { level }),
    },
  });
}

/** In milliseconds; `Infinity` where the token does not say, as one of an earlier release. */
function ageOf({ authenticatedAt }: Principal, now: number): number {
  return authenticatedAt === null ? Number.POSITIVE_INFINITY : now - authenticatedAt.getTime();
}

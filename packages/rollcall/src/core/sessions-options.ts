import type { Duration } from "./duration.js";
import type { KindOptions } from "./kind-options.js";
import type { LevelOptions, LevelPreset } from "./level-options.js";
import type { JsonObject } from "./model/json.js";
import type { Session } from "./model/session-view.js";
import type { User } from "./model/user.js";
import type { SessionStore } from "./port/store.js";
import type { Clock } from "./process/clock.js";
import type { KeyRing } from "./tokens/key-ring.js";

/** What an application adds to the access tokens of a session; `null` when its user is gone. */
export type ClaimsFor = (
  user: User,
  session: Session,
) => JsonObject | null | Promise<JsonObject | null>;

/** Options of `createSessions`. All durations are checked when it is called. */
export interface SessionsOptions {
  /**
   * Where sessions live: `sqlite(db)`, `postgres(pool)`, `memory()`.
   * @remarks Take Postgres when the application runs on more than one machine, memory for tests.
   */
  readonly store: SessionStore;
  /**
   * At least 32 random bytes that every process shares and the database never sees. Of a list, the
   * first signs and all verify. To change the secret without signing anyone out, deploy
   * `[old, next]`, so that every process knows the next one; then `[next, old]`; and leave the old
   * one out once `idleTimeout` has passed. Or give `keys`, which changes without a deployment.
   * @default none: give this or `keys`
   * @remarks When people who knew it leave, or at the interval that your policy asks for.
   */
  readonly secret?: string | Uint8Array | readonly (string | Uint8Array)[];
  /**
   * A ring of keys, in place of `secret`, to change keys without signing anyone out.
   * @default a ring made of `secret`
   * @remarks To change keys in a running process, or to sign with ES256 or EdDSA so that other
   *   services can verify access tokens by their public keys.
   */
  readonly keys?: KeyRing;
  /**
   * `iss` of access tokens.
   * @default "rollcall"
   * @remarks Give each application its own where several share a secret. Keys are derived for an
   *   issuer, so another one signs everybody out.
   */
  readonly issuer?: string;
  /**
   * `aud` of access tokens.
   * @default the issuer
   * @remarks When other services verify the tokens and expect their own name there.
   */
  readonly audience?: string;
  /**
   * `client_id` of access tokens: the OAuth client that they were issued to (RFC 9068).
   * @default the audience
   * @remarks When other services verify the tokens and know your application by another name.
   */
  readonly clientId?: string;
  /**
   * Life of an access token: 1 s to a quarter of `idleTimeout`.
   * @default "10m", or a quarter of `idleTimeout` if that is less
   * @remarks Shorter when changed claims must take effect sooner, or when other services trust the
   *   tokens without asking. Longer for fewer refreshes.
   */
  readonly accessTokenTtl?: Duration;
  /**
   * A session ends after lying idle this long.
   * @default "7d"
   * @remarks Shorter where devices are shared, longer for apps that are opened now and then.
   */
  readonly idleTimeout?: Duration;
  /**
   * A session ends this long after sign-in, whatever happens.
   * @default "30d"
   * @remarks To the time after which people must sign in again, used or not.
   */
  readonly absoluteTimeout?: Duration;
  /**
   * How sure you can be of a user, lowest first: a name for each level of authentication (`acr`),
   * with its limits: those of a preset or your own. `start` and `reauthenticate` say which level was
   * reached, guards which one they ask for.
   *
   * ```ts
   * import type { SessionsOptions } from "rollcall";
   *
   * export const levels = { aal1: "nist-aal1", aal2: "nist-aal2" } as const satisfies SessionsOptions["levels"];
   * ```
   *
   * @default none: sessions have no level
   * @remarks When some of your routes ask for a second factor, or a policy limits sessions by level.
   */
  readonly levels?: Readonly<Record<string, LevelPreset | LevelOptions>>;
  /**
   * How long a refresh may be repeated with the same answer; less than `accessTokenTtl`.
   * @default "30s", or half of `accessTokenTtl` if that is less
   * @remarks Longer when clients lose their network for longer. Shorter makes copied answers useless
   *   sooner.
   */
  readonly retryWindow?: Duration;
  /**
   * Active sessions a user may have.
   * @default unlimited
   * @remarks To bound how many devices share one account. A function gives each user a limit.
   * @unit sessions
   */
  readonly maxPerUser?: number | ((user: User) => number | Promise<number>);
  /**
   * What happens at the limit.
   * @default "evict-oldest"
   * @remarks To `"refuse"` when a sign-in must not end a session on another device.
   */
  readonly onLimit?: "evict-oldest" | "evict-least-recently-used" | "refuse";
  /**
   * Kinds of sessions by their names, each with limits of its own: `start(user, { kind: "mobile" })`.
   * A name is 1 to 64 characters of `A-Za-z0-9_.:-`. See docs/kinds.md, and for kinds without refresh
   * docs/api-keys.md.
   *
   * ```ts
   * import type { KindOptions } from "rollcall";
   *
   * export const kinds = {
   *   browser: { persistent: false },
   *   remembered: { idleTimeout: "30d", absoluteTimeout: "180d" },
   *   key: { refresh: false, prefix: "acme" },
   * } satisfies Record<string, KindOptions>;
   * ```
   *
   * @default none: all sessions are alike
   * @remarks When a phone may stay signed in for longer than a browser, for "Keep me signed in", or
   *   for API keys.
   */
  readonly kinds?: Readonly<Record<string, KindOptions>>;
  /**
   * Extra claims for the access token, asked at sign-in and at each refresh. `null`: the user is
   * gone or disabled, and the session ends with reason `user_gone`. A throw, or no answer within
   * `storeTimeout`, is a 503. A cookie must hold the token (4,096 bytes), which leaves about 2 kB
   * of JSON for the claims: a larger answer is refused with a TypeError before anything is written.
   * With `claimsFor` a refresh takes one read more, of the session that is to be refreshed.
   *
   * `session` is the session as it stands; at sign-in, as it is about to be stored, with the times
   * of this process's clock. Where ids are given anew after an account was deleted, compare:
   *
   * ```ts
   * import type { Session, User } from "rollcall";
   *
   * declare function findAccount(id: string): Promise<{ createdAt: Date; role: string } | null>;
   * const MINUTE = 60_000; // for clocks that differ
   *
   * export async function claimsFor(user: User, session: Session) {
   *   const account = await findAccount(user.id);
   *   if (account === null) return null;
   *   const isOlder = session.createdAt.getTime() + MINUTE < account.createdAt.getTime();
   *   return isOlder ? null : { role: account.role };
   * }
   * ```
   *
   * @default no claims of yours
   * @remarks To have roles in the token, and to end the sessions of users that are disabled.
   */
  readonly claimsFor?: ClaimsFor;
  /**
   * No question to the database waits longer.
   * @default "2s"
   * @remarks Longer when the database is far away. Requests then wait longer for a 503 in an outage.
   */
  readonly storeTimeout?: Duration;
  /**
   * Beyond this age of its knowledge a process asks the database before it trusts a token.
   * @default "2s"
   * @remarks Shorter to bound more tightly how long a cut-off process accepts an ended session. While
   *   there are requests, a process reads changes three times in this span.
   */
  readonly maxStaleness?: Duration;
  /**
   * Last use is written this often; at most a quarter of `idleTimeout`.
   * @default "60s", or a quarter of `idleTimeout` if that is less
   * @remarks Longer for fewer writes, shorter for a more exact `lastUsedAt`.
   */
  readonly touchInterval?: Duration;
  /**
   * Verified tokens remembered, so that they are not verified again.
   * @default 10_000
   * @remarks To the number of sessions that one process serves at a time.
   * @unit tokens
   */
  readonly verifyCacheSize?: number;
  /**
   * Told of faults in the background, which no caller would hear of: changes that cannot be read,
   * uses that cannot be written, rows that cannot be read, a listener of `on` that throws. Once for
   * each fault until it has passed, not once for each retry. `error.cause` is what led to it, as the
   * driver gave it; no message holds a secret. What `onError` throws is ignored. (Errors of requests
   * are answered; `onError` of `createHttp` is told of those that became a 500 or 503.)
   *
   * @default its message goes to the console, in one line
   * @remarks To your logger, before you rely on it.
   */
  readonly onError?: (error: Error) => void;
  /**
   * Where time comes from. Where it is given it also takes the place of the database's clock.
   * @default the system's
   * @remarks In tests only.
   */
  readonly clock?: Clock;
}

/** What `sessions.purge` deletes. */
export interface PurgeOptions {
  /**
   * Sessions whose absolute limit passed this long ago, with all their events.
   * @default "30d"
   * @remarks If ended sessions are to be kept for longer, as part of a history, or for less long.
   */
  readonly olderThan?: Duration;
  /**
   * Events that are older than this, of whatever session: at least `"1d"`. What remains is the
   * `session.revoked` of each session that is kept.
   * @default events are kept for as long as their sessions
   * @remarks If you must not keep a history of sign-ins for as long as the sessions themselves.
   */
  readonly eventsOlderThan?: Duration;
}

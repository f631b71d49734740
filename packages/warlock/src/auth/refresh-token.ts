import type { Session } from "rollcall";
import { isSessionId, SessionError } from "rollcall";
import type { Sent } from "../core/sent.js";
import { running } from "../state.js";
import { isUserOf, type UserIdentity, userOf } from "./user-of.js";

/** The columns of a row. */
export interface RefreshTokenColumns {
  readonly id: string;
  readonly device_info: Sent;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly last_used_at: Date;
  readonly revoked_at: Date | null;
  readonly user_id: Sent;
  readonly user_type: string;
  readonly family_id: string;
}

/** Conditions that must all hold: `token`, or `id`, `user_id` and `user_type`, and any others. */
export type RefreshTokenFilter = Readonly<Record<string, unknown>>;

const REQUIRED = ["id", "user_id", "user_type"] as const;

/** A session as a row of the package's table: one of each sign-in, whatever its tokens do. */
export class RefreshToken {
  #session: Session;
  readonly #userId: unknown;
  readonly #token: string | undefined;

  /**
   * @param userId as the application knows it, which may be a number
   * @param token of a session that was just made; nobody can get it later
   */
  constructor(session: Session, userId: unknown = session.user.id, token?: string) {
    this.#session = session;
    this.#userId = userId;
    this.#token = token;
  }

  /**
   * The row for which all conditions hold, or `null`.
   *
   * @throws SessionError `malformed_request` for a condition that is no plain value.
   * @throws TypeError when a condition is missing, or about no column.
   */
  static async first(filter: RefreshTokenFilter): Promise<RefreshToken | null> {
    for (const [column, value] of Object.entries(filter)) {
      // An operator object from a request's body would match every row.
      if (typeof value === "object" && value !== null && !(value instanceof Date)) {
        const message = `${column} must be a plain value, not an object`;
        throw new SessionError("malformed_request", { message });
      }
    }
    if ("token" in filter) return await RefreshToken.#byToken(filter);
    if (!REQUIRED.every((column) => column in filter)) {
      throw new TypeError("RefreshToken.first needs a token, or id, user_id and user_type");
    }
    const { id, user_id: userId, user_type: type } = filter;
    if (typeof id !== "string" || typeof type !== "string") return null;
    if (typeof userId !== "string" && typeof userId !== "number") return null;
    const session = await running().sessions.get({ type, id: userId }, id);
    if (session === null) return null;
    const row = new RefreshToken(session, userId);
    return row.#matches(filter) ? row : null;
  }

  static async #byToken({ token, ...rest }: RefreshTokenFilter): Promise<RefreshToken | null> {
    const found = typeof token === "string" ? await RefreshToken.findByToken(token) : null;
    if (found === null) return null;
    const { user_id: given } = rest;
    const isOwner = String(given) === found.#session.user.id;
    const row = isOwner ? new RefreshToken(found.#session, given) : found;
    return row.#matches(rest) ? row : null;
  }

  /** The row of a refresh token that is still good, or `null`. */
  static async findByToken(token: string): Promise<RefreshToken | null> {
    const { sessions } = running();
    try {
      const { user, sessionId } = await sessions.verifyRefreshToken(token);
      const session = await sessions.get(user, sessionId);
      return session === null ? null : new RefreshToken(session);
    } catch (error) {
      if (error instanceof SessionError && error.code === "credential_invalid") return null;
      throw error;
    }
  }

  /** The same for a token of this user. */
  static async findForUser(user: UserIdentity, token: string): Promise<RefreshToken | null> {
    const row = await RefreshToken.findByToken(token);
    if (row === null || !isUserOf(user, row.#session.user)) return null;
    return new RefreshToken(row.#session, user.id);
  }

  /** The rows that have neither ended nor run out, newest first. */
  static async activeFor(user: UserIdentity): Promise<RefreshToken[]> {
    const rows: RefreshToken[] = [];
    let cursor: string | undefined;
    do {
      const page = await running().sessions.list(
        userOf(user),
        cursor === undefined ? {} : { cursor },
      );
      rows.push(...page.sessions.map((session) => new RefreshToken(session, user.id)));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return rows;
  }

  /** Ends all of them, and gives them back. */
  static async revokeAllFor(user: UserIdentity): Promise<RefreshToken[]> {
    const rows = await RefreshToken.activeFor(user);
    await running().sessions.revokeAll(userOf(user), { actor: { kind: "user" } });
    return await Promise.all(rows.map((row) => row.#anew()));
  }

  /** Ends a session by its id; gives back its row, unless it was over already. */
  static async revokeFamily(familyId: string): Promise<RefreshToken[]> {
    const { store, sessions } = running();
    const found = isSessionId(familyId) ? await store.find(familyId) : null;
    if (found === null || found.session.revokedAt !== null) return [];
    const ended = await sessions.revoke(found.session.user, familyId);
    return ended === null ? [] : [new RefreshToken(ended)];
  }

  /** As it stands now. */
  async #anew(): Promise<RefreshToken> {
    const { user, id } = this.#session;
    this.#session = (await running().sessions.get(user, id)) ?? this.#session;
    return this;
  }

  #matches(filter: RefreshTokenFilter): boolean {
    const columns: Readonly<Record<string, unknown>> = { ...this.toJSON() };
    return Object.entries(filter).every(([column, value]) => {
      if (!(column in columns)) {
        throw new TypeError(`RefreshToken.first: there is no column ${column}`);
      }
      return plain(columns[column]) === plain(value, columns[column]);
    });
  }

  get id(): string {
    return this.#session.id;
  }

  get familyId(): string {
    return this.#session.id;
  }

  get<Column extends keyof RefreshTokenColumns>(column: Column): RefreshTokenColumns[Column];
  get(column: string): Sent;
  get(column: string): unknown {
    return column === "token" ? this.#token : Reflect.get(this.toJSON(), column);
  }

  /** Never: every session ends. */
  get neverExpires(): boolean {
    return false;
  }

  get isExpired(): boolean {
    return this.#session.expiresAt.getTime() <= running().clock.now();
  }

  get isRevoked(): boolean {
    return this.#session.revokedAt !== null;
  }

  get isValid(): boolean {
    return !this.isExpired && !this.isRevoked;
  }

  /** Ends the session: its access token dies with it. The first ending wins. */
  async revoke(): Promise<this> {
    const { user, id } = this.#session;
    const ended = await running().sessions.revoke(user, id, { actor: { kind: "user" } });
    if (ended !== null) this.#session = ended;
    return this;
  }

  /** Ends the session too: rows stay, so that an ended one can be told from one that never was. */
  async destroy(): Promise<void> {
    await this.revoke();
  }

  /** Nothing to do: each use is noted by itself. */
  async markAsUsed(): Promise<void> {}

  /** Its columns. No token is among them: none is stored. */
  toJSON(): RefreshTokenColumns {
    const { id, user, deviceInfo, createdAt, expiresAt, lastUsedAt, revokedAt } = this.#session;
    return {
      id,
      device_info: deviceInfo,
      created_at: createdAt,
      expires_at: expiresAt,
      last_used_at: lastUsedAt,
      revoked_at: revokedAt,
      user_id: this.#userId,
      user_type: user.type,
      family_id: id,
    };
  }
}

/** What can be compared; a date in a column also with its text. */
function plain(value: unknown, like: unknown = value): unknown {
  if (value instanceof Date) return value.getTime();
  if (like instanceof Date && typeof value === "string") return Date.parse(value);
  return value;
}

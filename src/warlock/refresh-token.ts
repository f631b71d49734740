import type { Session } from "../core/session-view.js";
import { context } from "./context.js";

/** The columns of a row. */
export type RefreshTokenColumn =
  | "id"
  | "device_info"
  | "created_at"
  | "expires_at"
  | "last_used_at"
  | "revoked_at"
  | "user_id"
  | "user_type"
  | "family_id";

/** Conditions that must all hold; `id`, `user_id` and `user_type` have to be among them. */
export type RefreshTokenFilter = Readonly<
  Partial<Record<"id" | "user_id" | "user_type" | "family_id", unknown>>
>;

/** A session as a row of the package's table: one of each sign-in, whatever its tokens do. */
export class RefreshToken {
  #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * The row for which all conditions hold, or `null`.
   *
   * @throws TypeError when a condition is missing, or is no plain value.
   */
  static async first(filter: RefreshTokenFilter): Promise<RefreshToken | null> {
    for (const [column, value] of Object.entries(filter)) {
      // An operator object from a request's body would match every row.
      if (typeof value === "object" && value !== null) {
        throw new TypeError(`RefreshToken.first: ${column} must be a plain value, not an object`);
      }
    }
    const { id, user_id: userId, user_type: type, family_id: family = id } = filter;
    if (typeof id !== "string" || typeof type !== "string" || id !== family) return null;
    if (typeof userId !== "string" && typeof userId !== "number") {
      throw new TypeError("RefreshToken.first needs id, user_id and user_type");
    }
    const session = await context().sessions.get({ type, id: userId }, id);
    return session === null ? null : new RefreshToken(session);
  }

  get id(): string {
    return this.#session.id;
  }

  get(column: RefreshTokenColumn): unknown {
    const columns: Readonly<Record<string, unknown>> = this.toJSON();
    return columns[column];
  }

  get isExpired(): boolean {
    return this.#session.expiresAt.getTime() <= Date.now();
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
    const ended = await context().sessions.revoke(user, id, { actor: { kind: "user" } });
    if (ended !== null) this.#session = ended;
    return this;
  }

  /** Its columns. No token is among them: none is stored. */
  toJSON(): Readonly<Record<RefreshTokenColumn, unknown>> {
    const { id, user, deviceInfo, createdAt, expiresAt, lastUsedAt, revokedAt } = this.#session;
    return {
      id,
      device_info: deviceInfo,
      created_at: createdAt,
      expires_at: expiresAt,
      last_used_at: lastUsedAt,
      revoked_at: revokedAt,
      user_id: user.id,
      user_type: user.type,
      family_id: id,
    };
  }
}

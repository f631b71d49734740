import { type Principal, SessionError } from "rollcall";
import type { Sent } from "../core/sent.js";
import { running } from "../state.js";
import { isUserOf, type UserIdentity, userOf } from "./user-of.js";

/** What an access token says: what was put into it, and what the package has in its own. */
export interface DecodedAccessToken {
  readonly [claim: string]: Sent;
  readonly id: string | number;
  readonly userType: string;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  readonly tokenType: "access";
  readonly iat: number;
  readonly exp: number;
  /** The id of the row that it belongs to. */
  readonly sessionId: string;
}

/** The columns of an access token. */
interface AccessTokenColumns {
  readonly id: string;
  readonly user_id: string;
  readonly user_type: string;
  readonly expires_at: Date;
  readonly created_at: Date;
}

/**
 * An access token that is good now. There is no table of them: a row is read from the token itself.
 */
export class AccessToken {
  readonly #columns: AccessTokenColumns;
  readonly #principal: Principal;

  private constructor(token: string, principal: Principal) {
    const { jti, iat } = payloadOf(token);
    this.#principal = principal;
    this.#columns = {
      id: String(jti),
      user_id: principal.user.id,
      user_type: principal.user.type,
      expires_at: principal.expiresAt,
      created_at: new Date(Number(iat) * 1000),
    };
  }

  /** The row of a token that is still good, or `null`. */
  static async findByToken(token: string): Promise<AccessToken | null> {
    try {
      return new AccessToken(token, await verifyAccessToken(token));
    } catch (error) {
      if (error instanceof SessionError && error.code === "credential_invalid") return null;
      throw error;
    }
  }

  /** The same, if the other conditions hold too. @throws TypeError without a token. */
  static async first(filter: Readonly<Record<string, unknown>>): Promise<AccessToken | null> {
    const { token, ...rest } = filter;
    if (!("token" in filter)) throw new TypeError("AccessToken.first needs a token");
    const row = typeof token === "string" ? await AccessToken.findByToken(token) : null;
    const isWanted = Object.entries(rest).every(
      ([column, value]) => row !== null && String(row.get(column)) === String(value),
    );
    return isWanted ? row : null;
  }

  /** Takes one token away, if it is the user's: it is refused, and its session goes on. */
  static async deleteForUser(user: UserIdentity, token: string): Promise<void> {
    const row = await AccessToken.findByToken(token);
    if (row !== null && isUserOf(user, row.#principal.user)) await row.destroy();
  }

  /** Ends all sessions of the user, and so all of their tokens. */
  static async deleteAllForUser(user: UserIdentity): Promise<void> {
    await running().sessions.revokeAll(userOf(user), { actor: { kind: "user" } });
  }

  /** Nothing to do: no token is kept. */
  static async purgeExpired(): Promise<number> {
    return 0;
  }

  get id(): string {
    return this.#columns.id;
  }

  get userId(): string {
    return this.#columns.user_id;
  }

  get userType(): string {
    return this.#columns.user_type;
  }

  get isExpired(): boolean {
    return this.#columns.expires_at.getTime() <= running().clock.now();
  }

  /** Never: every token ends. */
  get neverExpires(): boolean {
    return false;
  }

  get<Column extends keyof AccessTokenColumns>(column: Column): AccessTokenColumns[Column];
  get(column: string): Sent;
  get(column: string): unknown {
    return Reflect.get(this.#columns, column);
  }

  /** Takes the token away: this process refuses it from now on. Its session goes on. */
  async destroy(): Promise<void> {
    const { removedTokens, clock } = running();
    const now = clock.now();
    for (const [id, end] of removedTokens) if (end <= now) removedTokens.delete(id);
    removedTokens.set(this.id, this.#columns.expires_at.getTime());
  }

  /** Its columns, without the token. */
  toJSON(): AccessTokenColumns {
    return this.#columns;
  }
}

/** Proves who holds an access token that was not taken away. @throws SessionError otherwise. */
export async function verifyAccessToken(token: string): Promise<Principal> {
  const { sessions, removedTokens } = running();
  const principal = sessions.verifyNow(token) ?? (await sessions.verify(token));
  if (removedTokens.size > 0 && removedTokens.has(String(payloadOf(token)["jti"]))) {
    throw new SessionError("credential_invalid");
  }
  return principal;
}

/** What a proven token says, with the id as the application knows it. */
export function decodedOf(
  token: string,
  { user, sessionId, claims }: Principal,
  id: string | number = user.id,
): DecodedAccessToken {
  const { iat, exp } = payloadOf(token);
  const { payload } = claims;
  const said = typeof payload === "object" && !Array.isArray(payload) ? payload : {};
  return {
    ...said,
    id,
    userType: user.type,
    created_at: Number(iat) * 1000,
    tokenType: "access",
    iat: Number(iat),
    exp: Number(exp),
    sessionId,
  };
}

/** Of a token that was proven, so it is JSON. */
function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload = ""] = token.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString());
}

import type { Token, TokenPair } from "../model/credentials.js";
import type { JsonObject } from "../model/json.js";
import { contextOf, type StoredSession } from "../model/session.js";
import { type AccessTokenSettings, signAccessToken } from "./access-token.js";
import { encodeRefreshToken } from "./refresh-token.js";

/** Issues the tokens of a session. */
export interface TokenIssuer {
  /** When the access token of the current generation expires. */
  accessExpiry(row: StoredSession): number;
  /**
   * `now`: the time the database gave with the row. `pending`: the row is in a transaction of the
   * caller's, which may yet be rolled back.
   */
  issue(row: StoredSession, now: number, extra: JsonObject, pending?: boolean): TokenPair;
}

export function createTokenIssuer(
  tokens: AccessTokenSettings,
  accessTokenTtl: number,
): TokenIssuer {
  const accessExpiry = (row: StoredSession): number => {
    // Counted from the rotation by the database's clock, never from the time of signing: `accessUntil`
    // was written with the rotation, and a revocation is remembered only until then.
    const ttl = Math.min(accessTokenTtl, Math.floor(row.idleTimeout / 4));
    const end = Math.min(row.rotatedAt + ttl, row.accessUntil, row.expiresAt);
    return Math.floor(end / 1000) * 1000;
  };
  return {
    accessExpiry,
    issue(row, now, extra, pending = false) {
      const expiresAt = accessExpiry(row);
      const access = signAccessToken(
        {
          user: row.user,
          sessionId: row.id,
          generation: row.generation,
          issuedAt: now,
          expiresAt,
          pending,
          context: contextOf(row),
          extra,
        },
        tokens,
      );
      // The key of the rotation, so that a retry returns the same bytes while that key is in the ring.
      const key = tokens.ring.get(row.keyId) ?? tokens.ring.current();
      const refresh = encodeRefreshToken({ sessionId: row.id, generation: row.generation }, key);
      return {
        accessToken: token(access, expiresAt, now),
        refreshToken: token(refresh, row.expiresAt, now),
      };
    },
  };
}

function token(text: string, expiresAt: number, now: number): Token {
  return {
    token: text,
    expiresAt: new Date(expiresAt),
    expiresIn: Math.max(0, Math.floor((expiresAt - now) / 1000)),
  };
}

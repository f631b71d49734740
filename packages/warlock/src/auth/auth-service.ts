import { type JsonObject, type Session, SessionError } from "rollcall";
import { hashPassword, verifyPassword } from "../core/passwords.js";
import { finderOf, running } from "../state.js";
import { AccessToken, verifyAccessToken } from "./access-token.js";
import { authEvents } from "./auth-events.js";
import { deviceOf } from "./device.js";
import { RefreshToken } from "./refresh-token.js";
import {
  type AccessTokenOutput,
  type AccessTokenPayload,
  type DeviceInfo,
  outputOf,
  type TokenPair,
} from "./tokens.js";
import type { AuthModel, AuthUser, Credentials, LoginResult } from "./user.js";
import { isUserOf, type UserIdentity, userOf } from "./user-of.js";

/**
 * An operator would match every user, as an object (`{ $ne: null }`) or by its name (`$where`); so
 * would, to many databases, a condition that is left out.
 */
const isPlain = ([column, value]: [string, unknown]): boolean =>
  !column.startsWith("$") && ["string", "number", "boolean"].includes(typeof value);

async function start(
  user: UserIdentity,
  deviceInfo?: DeviceInfo | null,
): Promise<{ tokens: TokenPair; row: RefreshToken }> {
  const { sessions, hasRefreshTokens } = running();
  const device = deviceOf(deviceInfo);
  const payload = copied(deviceInfo?.payload);
  const { session, tokens } = await sessions.start(userOf(user), {
    ...(device === undefined ? {} : { device }),
    // Kept with the session, so that the tokens of each refresh say it too.
    ...(payload === undefined ? {} : { metadata: { payload } }),
  });
  const accessToken = outputOf(tokens.accessToken);
  const refreshToken = outputOf(tokens.refreshToken);
  return {
    tokens: hasRefreshTokens ? { accessToken, refreshToken } : { accessToken },
    row: new RefreshToken(session, user.id, refreshToken.token),
  };
}

/** As JSON has it: a date is a string, and what is undefined is left out. */
function copied(payload: unknown): JsonObject | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  return JSON.parse(JSON.stringify(payload));
}

/** Ends the session of a token if it is the user's; `null` when there was nothing to end. */
async function endOf(
  user: UserIdentity,
  token: { readonly access?: string; readonly refresh?: string },
): Promise<Session | null> {
  const { sessions } = running();
  try {
    const proven =
      token.refresh === undefined
        ? await verifyAccessToken(token.access ?? "")
        : await sessions.verifyRefreshToken(token.refresh);
    if (!isUserOf(user, proven.user)) return null;
    const actor = { kind: "self", sessionId: proven.sessionId } as const;
    return await sessions.revoke(proven.user, proven.sessionId, { reason: "logout", actor });
  } catch (error) {
    // What is over already needs no end.
    if (error instanceof SessionError && error.code === "credential_invalid") return null;
    throw error;
  }
}

/** Tokens and sign-ins, by the package's names. */
export const authService = {
  hashPassword: (password: string): Promise<string> => hashPassword(password),
  /** What a client sent goes first, and is never read as a hash; what is stored goes second. */
  verifyPassword: (password: unknown, hash: unknown): Promise<boolean> =>
    verifyPassword(password, hash),

  async createTokenPair(user: AuthUser, deviceInfo?: DeviceInfo | null): Promise<TokenPair> {
    const { tokens, row } = await start(user, deviceInfo);
    authEvents.emit("token.created", user, tokens);
    if (running().hasRefreshTokens)
      authEvents.emit("session.created", user, row, deviceInfo ?? undefined);
    return tokens;
  },

  /** What there is the payload of a token, for code that reads it. */
  buildAccessTokenPayload: ({ id, userType }: UserIdentity): AccessTokenPayload => ({
    id,
    userType,
    created_at: running().clock.now(),
  }),

  /** An access token of a session of its own. */
  async generateAccessToken(user: AuthUser, payload?: unknown): Promise<AccessTokenOutput> {
    return (await start(user, { payload: copied(payload) })).tokens.accessToken;
  },

  /** The row of a new session. Its token is in `row.get("token")`, and nowhere else. */
  async createRefreshToken(
    user: AuthUser,
    deviceInfo?: DeviceInfo | null,
  ): Promise<RefreshToken | undefined> {
    return running().hasRefreshTokens ? (await start(user, deviceInfo)).row : undefined;
  },

  /** `null` whatever is wrong with the token. @throws SessionError when the database is away. */
  async refreshTokens(token: string, deviceInfo?: DeviceInfo | null): Promise<TokenPair | null> {
    try {
      const ip = deviceOf(deviceInfo)?.ip;
      const { models, sessions } = running();
      const { session, tokens } = await sessions.refresh(token, ip === undefined ? {} : { ip });
      const finder = finderOf(models, session.user.type);
      const user: AuthUser | null | undefined = await finder?.find(session.user.id);
      if (!user) {
        await sessions.revoke(session.user, session.id, { reason: "user_gone" });
        return null;
      }
      const pair = {
        accessToken: outputOf(tokens.accessToken),
        refreshToken: outputOf(tokens.refreshToken),
      };
      authEvents.emit("token.refreshed", user, pair, new RefreshToken(session, user.id));
      return pair;
    } catch (error) {
      if (error instanceof SessionError && error.code === "credential_invalid") return null;
      throw error;
    }
  },

  getActiveSessions: (user: AuthUser): Promise<RefreshToken[]> => RefreshToken.activeFor(user),

  async attemptLogin<User extends AuthUser>(
    Model: AuthModel<User>,
    { password, ...filter }: Credentials,
  ): Promise<User | null> {
    authEvents.emit("login.attempt", filter);
    const conditions = Object.entries(filter);
    const user =
      conditions.length > 0 && conditions.every(isPlain) ? await Model.first(filter) : null;
    const given = typeof password === "string" ? password : "";
    if (user) {
      // Whatever else a model's own way of asking answers is no yes.
      if ((await user.confirmPassword(given)) === true) return user;
    } else {
      // Takes as long as for a user who exists.
      await verifyPassword(given, undefined);
    }
    authEvents.emit("login.failed", filter, user ? "Invalid password" : "User not found");
    return null;
  },

  async login<User extends AuthUser>(
    Model: AuthModel<User>,
    credentials: Credentials,
    deviceInfo?: DeviceInfo | null,
  ): Promise<LoginResult<User> | null> {
    const user = await authService.attemptLogin(Model, credentials);
    if (user === null) return null;
    const tokens = await authService.createTokenPair(user, deviceInfo);
    authEvents.emit("login.success", user, tokens, deviceInfo ?? undefined);
    return { user, tokens };
  },

  /**
   * Ends the sessions of both tokens, as far as they are the user's. Without a refresh token it is
   * `logoutWithoutToken` that says what happens.
   */
  async logout(
    user: AuthUser,
    accessToken?: string | null,
    refreshToken?: string | null,
  ): Promise<void> {
    const ended = [
      refreshToken ? await endOf(user, { refresh: refreshToken }) : null,
      accessToken ? await endOf(user, { access: accessToken }) : null,
    ];
    for (const session of ended) {
      if (session === null) continue;
      authEvents.emit("session.destroyed", user, new RefreshToken(session, user.id));
    }
    if (!refreshToken) {
      if (running().logoutWithoutToken === "error") {
        throw new TypeError("logout needs a refresh token");
      }
      await authService.revokeAllTokens(user);
      authEvents.emit("logout.failsafe", user);
    }
    authEvents.emit("logout", user);
  },

  async revokeAllTokens(user: AuthUser): Promise<void> {
    for (const row of await RefreshToken.revokeAllFor(user)) {
      authEvents.emit("token.revoked", user, row);
    }
    authEvents.emit("logout.all", user);
  },

  /** A family is a session: all that its sign-in ever issued. */
  async revokeTokenFamily(familyId: string): Promise<void> {
    const rows = await RefreshToken.revokeFamily(familyId);
    authEvents.emit("token.familyRevoked", familyId, rows);
  },

  /** Takes that token away, and nothing else: its session goes on, and refreshes. */
  removeAccessToken: (user: AuthUser, token: string): Promise<void> =>
    AccessToken.deleteForUser(user, token),

  async removeRefreshToken(user: AuthUser, token: string): Promise<void> {
    await endOf(user, { refresh: token });
  },

  removeAllAccessTokens: (user: AuthUser): Promise<void> => authService.revokeAllTokens(user),

  /** None: every token here runs out. */
  findNeverExpiringTokens: async (): Promise<{
    accessTokens: AccessToken[];
    refreshTokens: RefreshToken[];
  }> => ({ accessTokens: [], refreshTokens: [] }),

  /** Nothing to do: every token here runs out. */
  purgeNeverExpiringTokens: async (): Promise<{ accessTokens: number; refreshTokens: number }> => ({
    accessTokens: 0,
    refreshTokens: 0,
  }),

  /** Forgets sessions that ended long ago; returns how many. */
  async cleanupExpiredTokens(): Promise<number> {
    const count = await running().sessions.purge();
    authEvents.emit("cleanup.completed", count);
    return count;
  },
};

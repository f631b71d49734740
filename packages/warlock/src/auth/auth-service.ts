import type { Session, Token } from "rollcall";
import { SessionError } from "rollcall";
import { context } from "../context.js";
import { hashPassword, verifyPassword } from "../core/passwords.js";
import type { Sent } from "../core/sent.js";
import { authEvents } from "./auth-events.js";
import type { Auth, AuthModel } from "./auth-model.js";
import {
  type AccessTokenOutput,
  type DeviceInfo,
  type LoginResult,
  modelOf,
  type TokenPair,
  tokensOf,
} from "./configurations.js";
import { deviceOf } from "./device.js";
import { RefreshToken } from "./refresh-token.js";
import { isSameUser, userOf } from "./user-of.js";

/** What a sign-in is tried with: a password, and what finds its user. */
export type Credentials = Readonly<Record<string, Sent>>;

/** Who a token is about. */
export interface AccessTokenPayload {
  readonly id: string | number;
  readonly userType: string;
  readonly created_at: number;
}

const output = ({ token, expiresAt }: Token): AccessTokenOutput => ({
  token,
  expiresAt: expiresAt.toISOString(),
});

/**
 * An operator would match every user, as an object (`{ $ne: null }`) or by its name (`$where`); so
 * would, to many databases, a condition that is left out.
 */
const isPlain = ([column, value]: [string, unknown]): boolean =>
  !column.startsWith("$") && ["string", "number", "boolean"].includes(typeof value);

const isRefreshed = (): boolean => tokensOf(context().auth).refresh.enabled !== false;

async function start(
  user: Auth,
  deviceInfo?: DeviceInfo | null,
): Promise<{ tokens: TokenPair; row: RefreshToken }> {
  const device = deviceOf(deviceInfo);
  const options = device === undefined ? {} : { device };
  const { session, tokens } = await context().sessions.start(userOf(user), options);
  const accessToken = output(tokens.accessToken);
  const refreshToken = output(tokens.refreshToken);
  const pair = isRefreshed() ? { accessToken, refreshToken } : { accessToken };
  return { tokens: pair, row: new RefreshToken(session, user.id) };
}

/** Ends the session of a token if it is the user's; `null` when there was nothing to end. */
async function endOf(
  user: Auth,
  token: { readonly access?: string; readonly refresh?: string },
): Promise<Session | null> {
  const { sessions } = context();
  try {
    const proven =
      token.refresh === undefined
        ? await sessions.verify(token.access ?? "")
        : await sessions.verifyRefreshToken(token.refresh);
    if (!isSameUser(proven.user, userOf(user))) return null;
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

  async createTokenPair(user: Auth, deviceInfo?: DeviceInfo | null): Promise<TokenPair> {
    const { tokens, row } = await start(user, deviceInfo);
    authEvents.emit("token.created", user, tokens);
    if (isRefreshed()) authEvents.emit("session.created", user, row, deviceInfo ?? undefined);
    return tokens;
  },

  /** What there is the payload of a token, for code that reads it. */
  buildAccessTokenPayload: ({ id, userType }: Auth): AccessTokenPayload => ({
    id,
    userType,
    created_at: context().clock.now(),
  }),

  /** An access token of a session of its own. Claims of one's own are not put into it. */
  async generateAccessToken(user: Auth, _payload?: unknown): Promise<AccessTokenOutput> {
    return (await start(user)).tokens.accessToken;
  },

  /** The row of a new session. Its token goes out by `createTokenPair` alone. */
  async createRefreshToken(
    user: Auth,
    deviceInfo?: DeviceInfo | null,
  ): Promise<RefreshToken | undefined> {
    return isRefreshed() ? (await start(user, deviceInfo)).row : undefined;
  },

  /** `null` whatever is wrong with the token. @throws SessionError when the database is away. */
  async refreshTokens(token: string, deviceInfo?: DeviceInfo | null): Promise<TokenPair | null> {
    try {
      const ip = deviceOf(deviceInfo)?.ip;
      const { auth, sessions } = context();
      const { session, tokens } = await sessions.refresh(token, ip === undefined ? {} : { ip });
      const user = await modelOf(auth, session.user.type)?.find(session.user.id);
      if (!user) {
        await sessions.revoke(session.user, session.id, { reason: "user_gone" });
        return null;
      }
      const pair = {
        accessToken: output(tokens.accessToken),
        refreshToken: output(tokens.refreshToken),
      };
      authEvents.emit("token.refreshed", user, pair, new RefreshToken(session, user.id));
      return pair;
    } catch (error) {
      if (error instanceof SessionError && error.code === "credential_invalid") return null;
      throw error;
    }
  },

  getActiveSessions: (user: Auth): Promise<RefreshToken[]> => RefreshToken.activeFor(user),

  async attemptLogin<User extends Auth>(
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

  async login<User extends Auth>(
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
    user: Auth,
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
      if (tokensOf(context().auth).refresh.logoutWithoutToken === "error") {
        throw new TypeError("logout needs a refresh token");
      }
      await authService.revokeAllTokens(user);
      authEvents.emit("logout.failsafe", user);
    }
    authEvents.emit("logout", user);
  },

  async revokeAllTokens(user: Auth): Promise<void> {
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

  /** Ends the token's session: here the one does not live without the other. */
  async removeAccessToken(user: Auth, token: string): Promise<void> {
    await endOf(user, { access: token });
  },

  async removeRefreshToken(user: Auth, token: string): Promise<void> {
    await endOf(user, { refresh: token });
  },

  removeAllAccessTokens: (user: Auth): Promise<void> => authService.revokeAllTokens(user),

  /** Forgets sessions that ended long ago; returns how many. */
  async cleanupExpiredTokens(): Promise<number> {
    const count = await context().sessions.purge();
    authEvents.emit("cleanup.completed", count);
    return count;
  },
};

import { SessionError } from "../core/errors.js";
import { isSessionId } from "../core/session.js";
import type { Token } from "../core/sessions-api.js";
import { toUser, type User, userKey } from "../core/user.js";
import { authEvents } from "./auth-events.js";
import type { Auth, AuthModel } from "./auth-model.js";
import type { DeviceInfo, LoginResult, TokenOutput, TokenPair } from "./configurations.js";
import { context } from "./context.js";
import { hashPassword, verifyPassword } from "./passwords.js";
import { RefreshToken } from "./refresh-token.js";

/** What a sign-in is tried with: a password, and what finds its user. */
export type Credentials = Readonly<Record<string, unknown>> & { readonly password?: unknown };

/**
 * Against what a password is held when there is no such user, so that both take as long: the hash
 * that was looked at last, since those of one application cost the same.
 */
let decoy: string | undefined;

const userOf = ({ userType, id }: Auth): User => toUser({ type: userType, id });

const output = ({ token, expiresAt }: Token): TokenOutput => ({
  token,
  expiresAt: expiresAt.toISOString(),
});

async function start(
  user: Auth,
  device: DeviceInfo = {},
): Promise<{ tokens: TokenPair; row: RefreshToken }> {
  const { auth, sessions } = context();
  const { session, tokens } = await sessions.start(userOf(user), { device });
  const row = new RefreshToken(session);
  const accessToken = output(tokens.accessToken);
  const isRefreshed = auth.refreshToken?.enabled !== false;
  const pair = isRefreshed
    ? { accessToken, refreshToken: output(tokens.refreshToken) }
    : { accessToken };
  authEvents.emit("session.created", user, row, device);
  authEvents.emit("token.created", user, pair);
  return { tokens: pair, row };
}

/** Ends the session of a token if it is the user's. */
async function endOf(user: Auth, accessToken?: string, refreshToken?: string): Promise<void> {
  const { sessions } = context();
  try {
    const proven =
      refreshToken === undefined
        ? await sessions.verify(accessToken ?? "")
        : await sessions.prove(refreshToken);
    if (userKey(proven.user) !== userKey(userOf(user))) return;
    const actor = { kind: "self", sessionId: proven.sessionId } as const;
    const ended = await sessions.revoke(proven.user, proven.sessionId, { reason: "logout", actor });
    if (ended !== null) authEvents.emit("session.destroyed", user, new RefreshToken(ended));
  } catch (error) {
    // What is over already needs no end.
    if (!(error instanceof SessionError) || error.code !== "credential_invalid") throw error;
  }
}

/** Tokens and sign-ins, by the package's names. */
export const authService = {
  hashPassword: (password: string): string => hashPassword(password),
  verifyPassword: (hash: string, password: string): boolean => verifyPassword(hash, password),

  async createTokenPair(user: Auth, deviceInfo?: DeviceInfo): Promise<TokenPair> {
    return (await start(user, deviceInfo)).tokens;
  },

  /** An access token of a session of its own. */
  async generateAccessToken(user: Auth): Promise<TokenOutput> {
    return (await start(user)).tokens.accessToken;
  },

  /** The row of a new session. Its token goes out by `createTokenPair` alone. */
  async createRefreshToken(user: Auth, deviceInfo?: DeviceInfo): Promise<RefreshToken> {
    return (await start(user, deviceInfo)).row;
  },

  /** `null` whatever is wrong with the token. @throws SessionError when the database is away. */
  async refreshTokens(token: string, deviceInfo?: DeviceInfo): Promise<TokenPair | null> {
    try {
      const ip = deviceInfo?.ip;
      const options = ip === undefined ? {} : { ip };
      const { auth, sessions } = context();
      const { session, tokens } = await sessions.refresh(token, options);
      const user = await auth.userType[session.user.type]?.find(session.user.id);
      if (!user) {
        await sessions.revoke(session.user, session.id, { reason: "user_gone" });
        return null;
      }
      const pair = {
        accessToken: output(tokens.accessToken),
        refreshToken: output(tokens.refreshToken),
      };
      authEvents.emit("token.refreshed", user, pair, new RefreshToken(session));
      return pair;
    } catch (error) {
      if (error instanceof SessionError && error.code === "credential_invalid") return null;
      throw error;
    }
  },

  async getActiveSessions(user: Auth): Promise<RefreshToken[]> {
    const rows: RefreshToken[] = [];
    let cursor: string | undefined;
    do {
      const page = await context().sessions.list(
        userOf(user),
        cursor === undefined ? {} : { cursor },
      );
      rows.push(...page.sessions.map((session) => new RefreshToken(session)));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return rows;
  },

  async attemptLogin<User extends Auth>(
    Model: AuthModel<User>,
    { password, ...filter }: Credentials,
  ): Promise<User | null> {
    authEvents.emit("login.attempt", filter);
    const isPlain = Object.values(filter).every((value) => typeof value !== "object");
    const user = isPlain && Object.keys(filter).length > 0 ? await Model.first(filter) : null;
    const given = typeof password === "string" ? password : "";
    if (user === null) {
      decoy ??= hashPassword("nobody has this password");
      verifyPassword(decoy, given);
    } else {
      const hash = user.get("password");
      if (typeof hash === "string") decoy = hash;
      if (user.confirmPassword(given)) return user;
    }
    authEvents.emit("login.failed", filter, "invalid credentials");
    return null;
  },

  async login<User extends Auth>(
    Model: AuthModel<User>,
    credentials: Credentials,
    deviceInfo?: DeviceInfo,
  ): Promise<LoginResult<User> | null> {
    const user = await authService.attemptLogin(Model, credentials);
    if (user === null) return null;
    const tokens = await authService.createTokenPair(user, deviceInfo);
    authEvents.emit("login.success", user, tokens, deviceInfo);
    return { user, tokens };
  },

  async logout(user: Auth, accessToken?: string, refreshToken?: string): Promise<void> {
    if (accessToken !== undefined || refreshToken !== undefined) {
      await endOf(user, accessToken, refreshToken);
    } else if (context().auth.refreshToken?.logoutWithoutToken === "error") {
      throw new TypeError("logout needs an access token or a refresh token");
    } else {
      await authService.revokeAllTokens(user);
      authEvents.emit("logout.failsafe", user);
    }
    authEvents.emit("logout", user);
  },

  async revokeAllTokens(user: Auth): Promise<void> {
    const rows = await authService.getActiveSessions(user);
    await context().sessions.revokeAll(userOf(user), { actor: { kind: "user" } });
    for (const row of rows) authEvents.emit("token.revoked", user, row);
    authEvents.emit("logout.all", user);
  },

  /** A family is a session: all that its sign-in ever issued. */
  async revokeTokenFamily(familyId: string): Promise<void> {
    const { sessions, store } = context();
    const found = isSessionId(familyId) ? await store.find(familyId, undefined) : null;
    if (found === null) return;
    const ended = await sessions.revoke(found.session.user, familyId);
    const rows = ended === null ? [] : [new RefreshToken(ended)];
    authEvents.emit("token.familyRevoked", familyId, rows);
  },

  removeAccessToken: (user: Auth, token: string): Promise<void> => endOf(user, token),
  removeRefreshToken: (user: Auth, token: string): Promise<void> => endOf(user, undefined, token),
  removeAllAccessTokens: (user: Auth): Promise<void> => authService.revokeAllTokens(user),

  /** Forgets sessions that ended long ago; returns how many. */
  async cleanupExpiredTokens(): Promise<number> {
    const count = await context().sessions.purge();
    authEvents.emit("cleanup.completed", count);
    return count;
  },
};

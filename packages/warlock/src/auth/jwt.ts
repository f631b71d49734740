import { decode, sign, verify } from "hono/jwt";
import { SessionError } from "rollcall";
import { refuseUnknown } from "../core/known-keys.js";
import type { Sent } from "../core/sent.js";
import { type JwtKeys, running } from "../state.js";
import { decodedOf, verifyAccessToken } from "./access-token.js";
import type { AccessTokenConfig, RefreshTokenConfig } from "./configurations.js";
import { toMilliseconds } from "./expiration.js";
import type { TokenType } from "./tokens.js";

/** The algorithms that sign by a secret. */
export type JwtAlgorithm = JwtKeys["algorithm"];

/** Options of `jwt.generate` and `jwt.generateRefreshToken`. */
export interface JwtSignOptions {
  /** @default the secret of the application */
  readonly key?: string;
  /** @default that of the configuration, or HS256 */
  readonly algorithm?: JwtAlgorithm;
  /** Milliseconds, or a string such as `"1h"`. A token without one is never accepted. */
  readonly expiresIn?: number | string | undefined;
}

/** Options of `jwt.verify` and `jwt.verifyRefreshToken`. */
export interface JwtVerifyOptions {
  readonly key?: string;
  readonly algorithms?: readonly JwtAlgorithm[];
}

const ALGORITHMS: readonly string[] = ["HS256", "HS384", "HS512"] satisfies JwtAlgorithm[];

const isAlgorithm = (name: unknown): name is JwtAlgorithm =>
  typeof name === "string" && ALGORITHMS.includes(name);

/** What tokens of one's own are signed with. Those of sessions are signed by Rollcall. */
export function jwtKeysOf(
  access: AccessTokenConfig,
  refresh: RefreshTokenConfig,
  secret: string,
): JwtKeys {
  const { algorithm = "HS256" } = access;
  return {
    access: access.secret ?? secret,
    refresh: refresh.secret || (access.secret ?? secret),
    algorithm: isAlgorithm(algorithm) ? algorithm : "HS256",
  };
}

async function generate(
  payload: object,
  tokenType: TokenType,
  options: JwtSignOptions,
): Promise<string> {
  refuseUnknown(options, ["key", "algorithm", "expiresIn"], `jwt: a token's options`);
  const { jwt: keys, clock } = running();
  const { key = keys[tokenType], algorithm = keys.algorithm, expiresIn } = options;
  if (!isAlgorithm(algorithm))
    throw new TypeError(`jwt: algorithm must be ${ALGORITHMS.join(", ")}`);
  const iat = Math.floor(clock.now() / 1000);
  const life =
    expiresIn === undefined
      ? {}
      : { exp: iat + Math.ceil(toMilliseconds(expiresIn, "jwt: expiresIn", FOREVER) / 1000) };
  return await sign({ iat, ...payload, ...life, tokenType }, key, algorithm);
}

/** A hundred years, as the package has it. */
const FOREVER = 100 * 365.25 * 86_400_000;

async function verified(
  token: string,
  tokenType: TokenType,
  options: JwtVerifyOptions,
): Promise<Readonly<Record<string, unknown>>> {
  refuseUnknown(options, ["key", "algorithms"], `jwt: the options of a check`);
  const { jwt: keys, clock } = running();
  const { key = keys[tokenType], algorithms = [keys.algorithm] } = options;
  const { alg } = headerOf(token);
  if (!isAlgorithm(alg) || !algorithms.includes(alg)) throw invalid("signed in another way");
  // Times are judged by the application's clock.
  const claims = await verify(token, key, { alg, exp: false, nbf: false, iat: false }).catch(() => {
    // Its own error would carry the token.
    throw invalid("forged or malformed");
  });
  const now = clock.now() / 1000;
  if (typeof claims.exp !== "number" || claims.exp <= now)
    throw invalid("run out, or without an end");
  if (claims.nbf !== undefined && !(claims.nbf <= now)) throw invalid("not good yet");
  const { tokenType: actual = tokenType } = claims;
  if (actual !== tokenType) throw invalid("of the other kind");
  return claims;
}

function headerOf(token: string): ReturnType<typeof decode>["header"] {
  try {
    return decode(token).header;
  } catch {
    throw invalid("no JWT");
  }
}

function invalid(why: string): SessionError {
  return new SessionError("credential_invalid", { message: `the token is ${why}` });
}

/**
 * Tokens of one's own, signed by a secret. They sign nobody in: `authMiddleware` knows those of
 * sessions alone, which `verify` and `verifyRefreshToken` read too.
 *
 * @example
 * ```ts
 * import { jwt } from "rollcall-warlock";
 *
 * export async function invite(email: string): Promise<string> {
 *   return await jwt.generate({ email, purpose: "invitation" }, { expiresIn: "2 days" });
 * }
 * ```
 */
export const jwt = {
  generate: (payload: object, options: JwtSignOptions = {}): Promise<string> =>
    generate(payload, "access", options),

  generateRefreshToken: (payload: object, options: JwtSignOptions = {}): Promise<string> =>
    generate(payload, "refresh", options),

  /** @throws for a token that is not good. */
  async verify<Payload = Sent>(token: string, options: JwtVerifyOptions = {}): Promise<Payload> {
    const claims: Sent = isOfSession(token)
      ? decodedOf(token, await verifyAccessToken(token))
      : await verified(token, "access", options);
    return claims;
  },

  /** Of a session's refresh token it counts as a use. @throws for a token that is not good. */
  async verifyRefreshToken<Payload = Sent>(
    token: string,
    options: JwtVerifyOptions = {},
  ): Promise<Payload> {
    // Rollcall's own are no JWTs.
    if (token.split(".").length === 3) {
      const claims: Sent = await verified(token, "refresh", options);
      return claims;
    }
    const { user, sessionId } = await running().sessions.verifyRefreshToken(token);
    const claims: Sent = {
      userId: user.id,
      userType: user.type,
      familyId: sessionId,
      tokenType: "refresh",
    };
    return claims;
  },
};

/** By its label (RFC 9068 §2.1); whether it is good is seen later. */
function isOfSession(token: string): boolean {
  return headerOf(token).typ === "at+jwt";
}

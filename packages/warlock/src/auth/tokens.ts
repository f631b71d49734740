import type { Token } from "rollcall";
import type { Sent } from "../core/sent.js";

/** The two kinds of token. */
export type TokenType = "access" | "refresh";

/** A token with its end, as an ISO date. */
export interface AccessTokenOutput {
  readonly token: string;
  readonly expiresAt: string;
}

/** What a client holds. */
export interface TokenPair {
  readonly accessToken: AccessTokenOutput;
  readonly refreshToken?: AccessTokenOutput;
}

/** Who a token is about. */
export interface AccessTokenPayload {
  readonly id: string | number;
  readonly userType: string;
  readonly created_at: number;
}

/** What a sign-in says of its device. `payload` goes into the access tokens; nothing else is kept. */
export interface DeviceInfo {
  readonly userAgent?: string | null | undefined;
  readonly ip?: string | null | undefined;
  readonly deviceId?: string | null | undefined;
  readonly familyId?: string;
  readonly payload?: Readonly<Record<string, Sent>> | undefined;
}

/** A token as the package shows it. */
export function outputOf({ token, expiresAt }: Token): AccessTokenOutput {
  return { token, expiresAt: expiresAt.toISOString() };
}

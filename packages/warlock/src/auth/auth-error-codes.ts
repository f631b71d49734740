/** The codes in `errorCode`. */
export const AuthErrorCodes: {
  readonly MissingAccessToken: "EC001";
  readonly InvalidAccessToken: "EC002";
  readonly Unauthorized: "EC003";
  readonly TooManyAttempts: "EC004";
} = Object.freeze({
  MissingAccessToken: "EC001",
  InvalidAccessToken: "EC002",
  Unauthorized: "EC003",
  TooManyAttempts: "EC004",
});

/** One of them. */
export type AuthErrorCodes = (typeof AuthErrorCodes)[keyof typeof AuthErrorCodes];

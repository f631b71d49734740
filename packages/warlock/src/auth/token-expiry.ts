/** Whether a stored end is a date at all. */
export function isUsableExpiry(value: unknown): boolean {
  if (value === "" || !isDateLike(value)) return false;
  return !Number.isNaN(new Date(value).getTime());
}

function isDateLike(value: unknown): value is string | number | Date {
  return typeof value === "string" || typeof value === "number" || value instanceof Date;
}

/** Whether a JWT says when it runs out. Its signature is not checked. */
export function tokenHasExpClaim(token: unknown): boolean {
  if (typeof token !== "string") return false;
  const [, payload = ""] = token.split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return (
      typeof claims === "object" && claims !== null && Number.isFinite(Reflect.get(claims, "exp"))
    );
  } catch {
    return false;
  }
}

/** Whether nothing ends a token: its stored end is none, or the token itself has none. */
export function isNeverExpiring(token: unknown, expiresAt: unknown): boolean {
  return !isUsableExpiry(expiresAt) || !tokenHasExpClaim(token);
}

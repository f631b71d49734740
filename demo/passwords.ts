import { type Algorithm, hash, verify } from "@node-rs/argon2";

/** OWASP's first recommendation for argon2id. */
const TERMS = { algorithm: 2 satisfies Algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, TERMS);
}

/** Checks passwords. An unknown user takes as long as a known one. */
export interface Passwords {
  /** `null`: there is no such user. */
  check(stored: string | null, password: string): Promise<boolean>;
}

export async function createPasswords(): Promise<Passwords> {
  const nobody = await hashPassword("nobody has this password");
  return {
    async check(stored, password) {
      const matches = await verify(stored ?? nobody, password);
      return matches && stored !== null;
    },
  };
}

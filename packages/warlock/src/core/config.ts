import { state } from "../state.js";
import type { Sent } from "./sent.js";

/** The configuration that `createWarlockApp` was given; `auth` is all there is of it. */
export const config = {
  /** The value at a path such as `"auth.jwt.expiresIn"`. */
  key<Value = Sent>(path: string, fallback?: Value): Value {
    let value: Sent = { auth: state.running?.auth };
    for (const part of path.split(".")) {
      const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, part);
      value = isThere ? Reflect.get(value, part) : undefined;
    }
    return value ?? fallback;
  },

  /** A whole group: `config.get("auth")`. */
  get: <Value = Sent>(name: string, fallback?: Value): Value => config.key(name, fallback),
};

/** For `warlock.config.ts`, which nothing here reads: gives back what it is given. */
export function defineConfig<Config extends object>(options: Config): Config {
  return options;
}

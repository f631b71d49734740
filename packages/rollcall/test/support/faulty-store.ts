import type { SessionStore } from "rollcall";

/** A store that can be taken away: each question put to it meanwhile is refused. */
export function faulty(inner: SessionStore): {
  readonly store: SessionStore;
  readonly state: { away: boolean };
} {
  const state = { away: false };
  const store = new Proxy(inner, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function" || name === "close") return value;
      return (...args: unknown[]) => {
        if (state.away) throw new Error("the database is away");
        return Reflect.apply(value, target, args);
      };
    },
  });
  return { store, state };
}

import type { Principal } from "../model/credentials.js";
import type { JsonObject } from "../model/json.js";
import type { SessionContext, SessionId } from "../model/session.js";
import type { User } from "../model/user.js";
import type { Signals } from "../revocation/signals.js";

/** What a principal is created from. */
export interface Proof {
  /** The key of the token that was presented; empty for an API key, which none has signed. */
  readonly keyId: string;
  readonly user: User;
  readonly sessionId: SessionId;
  readonly generation: number;
  readonly claims: JsonObject;
  readonly expiresAt: number;
  readonly context: SessionContext;
  /** Of an API key. */
  readonly scopes?: readonly string[] | null;
}

/** Creates principals. */
export interface Principals {
  of(proof: Proof): Principal;
  /** The key of the token that proved a principal; `null` for one that was not created here. */
  keyIdOf(principal: object): string | null;
  /** Whether somebody has asked for its signal. */
  hasSignal(principal: Principal): boolean;
}

const NONE: readonly string[] = Object.freeze([]);

export function createPrincipals(signals: Signals): Principals {
  // The signal is created on first access and lives as long as its principal. All principals of a key
  // share one accessor: an accessor of its own would make each four times as large and slow to create.
  const held = new WeakMap<object, AbortSignal>();
  const withSignal = (keyId: string): object =>
    Object.defineProperty({}, "signal", {
      enumerable: true,
      get(this: Principal) {
        const known = held.get(this);
        if (known !== undefined) return known;
        const signal = signals.of(this.sessionId, this.expiresAt.getTime(), keyId);
        held.set(this, signal);
        return signal;
      },
    });
  const byKey = new Map<string, object>();
  const keyIds = new WeakMap<object, string>();
  const prototypeOf = (keyId: string): object => {
    const known = byKey.get(keyId);
    if (known !== undefined) return known;
    const made = withSignal(keyId);
    byKey.set(keyId, made);
    keyIds.set(made, keyId);
    return made;
  };

  return {
    of({ keyId, user, sessionId, generation, claims, expiresAt, context, scopes = null }) {
      const { kind, authenticatedAt, methods, level, actor } = context;
      const own = {
        user,
        sessionId,
        generation,
        claims,
        expiresAt: new Date(expiresAt),
        kind,
        authenticatedAt: authenticatedAt === null ? null : new Date(authenticatedAt),
        methods: methods ?? NONE,
        level,
        actor,
        scopes,
      };
      return Object.setPrototypeOf(own, prototypeOf(keyId));
    },
    keyIdOf: (principal) => keyIds.get(Object.getPrototypeOf(principal)) ?? null,
    hasSignal: (principal) => held.has(principal),
  };
}

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { isSessionId, type SessionId } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type { NewSession, Rotation } from "../../core/port/operations.js";

export const SECOND = 1000;
export const MINUTE: number = 60 * SECOND;
export const DAY: number = 24 * 60 * MINUTE;

/** The settings of all cases unless they say otherwise: the defaults of `createSessions`. */
export const TERMS: Pick<NewSession, "accessTokenTtl" | "idleTimeout" | "absoluteTimeout"> &
  Pick<Rotation, "retryWindow"> = {
  retryWindow: 30 * SECOND,
  accessTokenTtl: 10 * MINUTE,
  idleTimeout: 7 * DAY,
  absoluteTimeout: 30 * DAY,
};

export const ada: User = { type: "user", id: "ada" };
export const grace: User = { type: "user", id: "grace" };

/** A fresh id. */
export function newId(): SessionId {
  const id: string = randomUUID();
  assert.ok(isSessionId(id));
  return id;
}

/** A sign-in by Ada, with what a case changes. */
export function newSession(differing: Partial<NewSession> = {}): NewSession {
  const { accessTokenTtl, idleTimeout, absoluteTimeout } = TERMS;
  return {
    id: newId(),
    user: ada,
    deviceInfo: null,
    metadata: null,
    lastIp: null,
    persistent: true,
    keyId: "k1",
    idleTimeout,
    absoluteTimeout,
    accessTokenTtl,
    authenticatedAt: null,
    kind: null,
    scopes: null,
    secretHash: null,
    methods: null,
    level: null,
    deviceId: null,
    actor: null,
    replaces: null,
    limit: null,
    ...differing,
  };
}

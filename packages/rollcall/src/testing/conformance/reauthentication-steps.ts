import assert from "node:assert/strict";
import type { StoredSession } from "../../core/model/session.js";
import type { Reauthentication, ReauthenticationOutcome } from "../../core/port/operations.js";
import type { SessionStore } from "../../core/port/store.js";
import { DAY, TERMS } from "./new-session.js";
import type { Scenario } from "./scenario.js";

/** A second factor, at a level whose limits are wider than the session's. */
const SECOND_FACTOR: Omit<Reauthentication, "presented"> = {
  keyId: "k1",
  methods: ["pwd", "otp"],
  level: "aal2",
  authenticatedAt: null,
  idleTimeout: TERMS.idleTimeout,
  absoluteTimeout: TERMS.absoluteTimeout,
  levelTimeout: 36_500 * DAY,
  accessTokenTtl: TERMS.accessTokenTtl,
};

/** The input for a session whose current token was presented, with what a case changes. */
export function secondFactor(
  { generation }: StoredSession,
  differing: Partial<Reauthentication> = {},
): Reauthentication {
  return { ...SECOND_FACTOR, presented: generation, ...differing };
}

export function reauthenticate(
  s: Scenario,
  session: StoredSession,
  differing: Partial<Reauthentication> = {},
  store: SessionStore = s.store,
): Promise<ReauthenticationOutcome> {
  const input = { ...secondFactor(session, differing), now: s.clock.now() };
  return store.reauthenticate(session.user, session.id, input);
}

/** One that must succeed; returns the row. */
export async function expectReauthenticated(
  s: Scenario,
  session: StoredSession,
  differing: Partial<Reauthentication> = {},
): Promise<StoredSession> {
  const answer = await reauthenticate(s, session, differing);
  assert.ok(answer.outcome === "reauthenticated", `a re-authentication was ${answer.outcome}`);
  assert.equal(answer.now, s.clock.now(), "an outcome tells the time it was decided by");
  assert.deepEqual(await s.row(session.id), answer.session, "the answer is the row as it is");
  return answer.session;
}

/** One that must be refused, and change nothing. */
export async function expectRefused(
  s: Scenario,
  expected: ReauthenticationOutcome["outcome"],
  session: StoredSession,
  differing: Partial<Reauthentication> = {},
): Promise<void> {
  await s.expectUntouched(session.id, async () => {
    const answer = await reauthenticate(s, session, differing);
    assert.equal(answer.outcome, expected);
    if (answer.outcome === "unknown") return;
    assert.equal(answer.now, s.clock.now(), "an outcome tells the time it was decided by");
    assert.deepEqual(answer.session, await s.row(session.id), "the answer is the row as it is");
  });
}

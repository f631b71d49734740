import assert from "node:assert/strict";
import type { StoredSession } from "../../core/model/session.js";
import { ada, grace, MINUTE } from "./new-session.js";
import { idsOf, storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const CHANGED = { reason: "factor_changed", actor: { kind: "user" } } as const;
const byText = (a: string, b: string): number => (a < b ? -1 : 1);
const sorted = (sessions: readonly Pick<StoredSession, "id">[]): readonly string[] =>
  [...idsOf(sessions)].sort(byText);

/** Contract §5.10: what a change of the password or a second factor ends, and what it refuses. */
export const factorChangeCases: readonly StoreCase[] = [
  storeCase("a factor change spares the levels that it names, and no others", async (s) => {
    const none = await s.signIn();
    const low = await s.signIn({ level: "aal1" });
    const middle = await s.signIn({ level: "aal2" });
    const high = await s.signIn({ level: "aal3" });
    const unlike = await s.signIn({ level: "AAL2" });
    const theirs = await s.signIn({ user: grace });
    const sparedLevels = ["aal2", "aal3"];
    const input = { revocation: CHANGED, sparedLevels, isEverywhere: true };
    const ended = await s.everywhere(ada, input);
    assert.deepEqual(sorted(ended), sorted([none, low, unlike]));
    assert.deepEqual(sorted(await s.list()), sorted([middle, high]));
    assert.equal((await s.row(low.id)).revokedReason, "factor_changed");
    assert.equal((await s.row(theirs.id)).revokedAt, null);
  }),

  storeCase("a factor change keeps one session, whatever its level", async (s) => {
    const keep = await s.signIn({ level: "aal1" });
    const other = await s.signIn({ level: "aal1" });
    const raised = await s.signIn({ level: "aal2" });
    const input = { revocation: CHANGED, except: keep.id, sparedLevels: ["aal2"] };
    assert.deepEqual(idsOf(await s.everywhere(ada, input)), [other.id]);
    assert.deepEqual(sorted(await s.list()), sorted([keep, raised]));
  }),

  storeCase(
    "a factor change refuses what was proven before it, though a session stays",
    async (s) => {
      const keep = await s.signIn();
      s.clock.advance(MINUTE);
      const at = s.clock.now();
      await s.everywhere(ada, { revocation: CHANGED, except: keep.id, isEverywhere: true });
      assert.deepEqual(await s.create({ authenticatedAt: at - 1 }), { outcome: "outdated" });
      assert.equal((await s.create({ authenticatedAt: at })).outcome, "created");
      const theirs = await s.create({ user: grace, authenticatedAt: at - 1 });
      assert.equal(theirs.outcome, "created");
    },
  ),

  storeCase("sessions that everywhere spares do not keep it from refusing proofs", async (s) => {
    await s.signIn({ level: "aal2" });
    const at = s.clock.now() + MINUTE;
    s.clock.advance(MINUTE);
    await s.everywhere(ada, { revocation: CHANGED, sparedLevels: ["aal2"] });
    assert.deepEqual(await s.create({ authenticatedAt: at - 1 }), { outcome: "outdated" });
  }),
];

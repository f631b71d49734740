import assert from "node:assert/strict";
import type { JsonObject } from "../../core/model/json.js";
import type { StoredSession } from "../../core/model/session.js";
import { ada, MINUTE, newId, SECOND } from "./new-session.js";
import { LOGOUT, type Scenario, storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const ADMIN = { kind: "admin", id: "7" } as const;
/** Keys in no order, and what JSON must carry. */
const NESTED: JsonObject = { z: [1, null, { deep: "é👍" }], a: "'\"\\", "": false };

function update(
  s: Scenario,
  { id }: StoredSession,
  metadata: JsonObject | null,
): Promise<StoredSession | null> {
  return s.store.update(ada, id, { metadata, actor: ADMIN, now: s.clock.now() });
}

export const updateCases: readonly StoreCase[] = [
  storeCase("update puts other metadata in the place of what was there", async (s) => {
    const session = await s.signIn({ metadata: { team: "red", theme: "dark" } });
    s.clock.advance(SECOND);
    for (const metadata of [NESTED, null, { team: "blue" }]) {
      const events = await s.eventsDuring(async () => {
        assert.deepEqual(await update(s, session, metadata), { ...session, metadata });
      });
      assert.deepEqual(await s.row(session.id), { ...session, metadata });
      const [event] = events;
      assert.deepEqual(
        [events.length, event?.type, event?.sessionId, event?.user, event?.actor, event?.at],
        [1, "session.updated", session.id, ada, ADMIN, s.clock.now()],
      );
    }
    const kept = (await update(s, session, NESTED))?.metadata ?? {};
    assert.deepEqual(Object.keys(kept), Object.keys(NESTED), "metadata is kept verbatim");
  }),

  storeCase("update with what is there already writes nothing", async (s) => {
    for (const metadata of [NESTED, null]) {
      const session = await s.signIn({ metadata });
      await s.expectUntouched(session.id, async () => {
        assert.deepEqual(await update(s, session, metadata), session);
      });
    }
  }),

  storeCase("update finds no session that has ended, expired or never was", async (s) => {
    const ended = await s.end(await s.signIn());
    const expired = await s.signIn({ idleTimeout: MINUTE });
    s.clock.advance(MINUTE);
    for (const session of [ended, expired]) {
      await s.expectUntouched(session.id, async () => {
        assert.equal(await update(s, session, NESTED), null);
      });
    }
    const change = { metadata: NESTED, actor: LOGOUT.actor, now: s.clock.now() };
    assert.equal(await s.store.update(ada, newId(), change), null);
  }),
];

import assert from "node:assert/strict";
import type { StoredEvent } from "../../core/model/events.js";
import { ada, MINUTE, SECOND, TERMS } from "./new-session.js";
import { type Scenario, storeCase } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const HOME = "192.0.2.1";
const AWAY = "198.51.100.7";
const OLD = "Firefox/1";
const NEW = "Firefox/2";

/** What was told of moves, in order. */
function movesIn(events: readonly StoredEvent[]): readonly (readonly string[])[] {
  return events.flatMap((event) =>
    event.type === "session.address_changed" || event.type === "session.user_agent_changed"
      ? [[event.type, event.from, event.to]]
      : [],
  );
}

function signIn(s: Scenario) {
  return s.signIn({ deviceInfo: { userAgent: OLD }, lastIp: HOME });
}

/** A refresh that comes from elsewhere. */
export const moveCases: readonly StoreCase[] = [
  storeCase("a refresh from another address or user agent tells of it, with both", async (s) => {
    const { id } = await signIn(s);
    s.store.configure({ storeTimeout: 60_000, processId: "process-1" });
    const events = await s.eventsDuring(async () => {
      const row = await s.expectRotation("rotated", { id, presented: 1, ip: AWAY, userAgent: NEW });
      assert.deepEqual([row.lastIp, row.lastUserAgent], [AWAY, NEW]);
    });
    const base = {
      at: s.clock.now(),
      user: ada,
      sessionId: id,
      actor: { kind: "self", sessionId: id },
      processId: "process-1",
    };
    assert.deepEqual(
      events.map(({ id: _, ...event }) => event),
      [
        { ...base, type: "session.address_changed", from: HOME, to: AWAY },
        { ...base, type: "session.user_agent_changed", from: OLD, to: NEW },
      ],
    );
    const back = await s.eventsDuring(() =>
      s.expectRotation("rotated", { id, presented: 2, ip: HOME, userAgent: NEW }),
    );
    assert.deepEqual(movesIn(back), [["session.address_changed", AWAY, HOME]]);
  }),

  storeCase("a refresh from the same place, or from nowhere, tells nothing", async (s) => {
    const { id } = await signIn(s);
    const events = await s.eventsDuring(async () => {
      await s.expectRotation("rotated", { id, presented: 1, ip: HOME, userAgent: OLD });
      const row = await s.expectRotation("rotated", { id, presented: 2 });
      assert.deepEqual([row.lastIp, row.lastUserAgent], [HOME, OLD], "what is known stays known");
    });
    assert.deepEqual(events, []);
  }),

  storeCase("what becomes known is no change, and no user agent is recorded anew", async (s) => {
    const { id } = await s.signIn();
    const events = await s.eventsDuring(async () => {
      const row = await s.expectRotation("rotated", { id, presented: 1, ip: HOME, userAgent: OLD });
      assert.deepEqual([row.lastIp, row.lastUserAgent], [HOME, null]);
      await s.expectRotation("rotated", { id, presented: 2, ip: HOME, userAgent: NEW });
    });
    assert.deepEqual(events, []);
  }),

  storeCase("a late retry tells of a move as well; a retry and reuse move nothing", async (s) => {
    const { id } = await signIn(s);
    await s.expectRotation("rotated", { id, presented: 1 });
    s.clock.advance(SECOND);
    const retry = await s.eventsDuring(async () => {
      const row = await s.expectRotation("retried", { id, presented: 1, ip: AWAY, userAgent: NEW });
      assert.deepEqual([row.lastIp, row.lastUserAgent], [HOME, OLD]);
    });
    assert.deepEqual(retry, []);
    s.clock.advance(TERMS.retryWindow);
    const late = await s.eventsDuring(async () => {
      const row = await s.expectRotation("rotated", { id, presented: 1, ip: AWAY, userAgent: NEW });
      assert.deepEqual([row.lastIp, row.lastUserAgent], [AWAY, NEW]);
    });
    assert.deepEqual(movesIn(late), [
      ["session.address_changed", HOME, AWAY],
      ["session.user_agent_changed", OLD, NEW],
    ]);
    const reuse = await s.eventsDuring(async () => {
      const row = await s.expectRotation("reused", { id, presented: 2, ip: HOME, userAgent: OLD });
      assert.deepEqual([row.lastIp, row.lastUserAgent], [AWAY, NEW]);
    });
    assert.deepEqual(movesIn(reuse), []);
  }),

  storeCase(
    "of refreshes at once from as many addresses, the one that rotates is told of",
    async (s) => {
      const { id } = await signIn(s);
      const events = await s.eventsDuring(() =>
        s.atOnce(8, (store, index) =>
          s.rotate({ id, presented: 1, ip: `198.51.100.${index}` }, store),
        ),
      );
      const { lastIp } = await s.row(id);
      assert.deepEqual(movesIn(events), [["session.address_changed", HOME, lastIp]]);
    },
  ),

  storeCase("what an erasure leaves of a move names no address", async (s) => {
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    const { id } = await signIn(s);
    await s.expectRotation("rotated", { id, presented: 1, ip: AWAY, userAgent: NEW });
    await s.store.erase(ada, { margin: MINUTE, now: s.clock.now() });
    const { events } = await s.store.changes(cursor, 0, s.clock.now());
    assert.deepEqual(movesIn(events), [
      ["session.address_changed", "", ""],
      ["session.user_agent_changed", "", ""],
    ]);
    const row = await s.row(id);
    assert.deepEqual([row.lastIp, row.lastUserAgent, row.deviceId], [null, null, null]);
  }),
];

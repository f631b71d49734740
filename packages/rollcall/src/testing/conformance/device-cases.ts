import assert from "node:assert/strict";
import type { DeviceFirstSeen, StoredEvent } from "../../core/model/events.js";
import type { StoredSession } from "../../core/model/session.js";
import type { NewSession } from "../../core/port/operations.js";
import { ada, DAY, grace, MINUTE, newId, SECOND } from "./new-session.js";
import { LOGOUT, type Scenario, storeCase, typesOf } from "./scenario.js";
import type { StoreCase } from "./store-case.js";

const PHONE = "phone";
const LAPTOP = "laptop";

/** What was told of new devices. */
export function firstSeen(events: readonly StoredEvent[]): readonly DeviceFirstSeen[] {
  return events.filter((event) => event.type === "device.first_seen");
}

/** The ids of devices that a sign-in tells of. */
async function newDevices(s: Scenario, differing: Partial<NewSession>): Promise<readonly string[]> {
  const events = await s.eventsDuring(() => s.create(differing));
  return firstSeen(events).map(({ deviceId }) => deviceId);
}

function rename(s: Scenario, { user, id }: StoredSession, name: string | null) {
  return s.store.rename(user, id, { name, actor: { kind: "user" }, now: s.clock.now() });
}

/** Devices: what outlives the sessions on them. */
export const deviceCases: readonly StoreCase[] = [
  storeCase("a device is told of once, and never a user's first", async (s) => {
    assert.deepEqual(await newDevices(s, { deviceId: PHONE }), []);
    assert.deepEqual(await newDevices(s, { deviceId: PHONE }), [], "known by now");
    assert.deepEqual(await newDevices(s, { deviceId: LAPTOP }), [LAPTOP]);
    await s.everywhere();
    s.clock.advance(DAY);
    for (const deviceId of [LAPTOP, PHONE, LAPTOP]) {
      assert.deepEqual(await newDevices(s, { deviceId }), [], "a device outlives its sessions");
    }
    assert.deepEqual(await newDevices(s, { deviceId: PHONE.toUpperCase() }), ["PHONE"]);
  }),

  storeCase("device.first_seen comes after the sign-in, with its session and device", async (s) => {
    await s.signIn({ deviceId: PHONE });
    s.store.configure({ storeTimeout: 60_000, processId: "process-1" });
    const id = newId();
    const events = await s.eventsDuring(() => s.signIn({ id, deviceId: LAPTOP }));
    assert.deepEqual(typesOf(events), ["session.created", "device.first_seen"]);
    const { id: _, ...told } = firstSeen(events)[0] ?? assert.fail("nothing was told");
    assert.deepEqual(told, {
      type: "device.first_seen",
      at: s.clock.now(),
      user: ada,
      sessionId: id,
      actor: { kind: "self", sessionId: id },
      processId: "process-1",
      deviceId: LAPTOP,
    });
  }),

  storeCase("a device that one user is known on is new to every other", async (s) => {
    await s.signIn({ deviceId: PHONE });
    for (const user of [grace, { type: "staff", id: "ada" }, { type: "user", id: "Ada" }]) {
      assert.deepEqual(await newDevices(s, { user, deviceId: LAPTOP }), [], "their first");
      assert.deepEqual(await newDevices(s, { user, deviceId: PHONE }), [PHONE]);
    }
    assert.deepEqual(await newDevices(s, { deviceId: LAPTOP }), [LAPTOP]);
  }),

  storeCase("a sign-in without a device tells of none, and is none", async (s) => {
    assert.deepEqual(await newDevices(s, { deviceId: null }), []);
    assert.deepEqual(await newDevices(s, { deviceId: PHONE }), []);
    assert.deepEqual(await newDevices(s, { deviceId: null }), []);
    assert.deepEqual(await newDevices(s, { deviceId: LAPTOP }), [LAPTOP]);
  }),

  storeCase("a sign-in that is refused makes no device known", async (s) => {
    await s.signIn({ deviceId: PHONE });
    const authenticatedAt = s.clock.now();
    s.clock.advance(SECOND);
    await s.everywhere();
    await s.everywhere(grace);
    assert.deepEqual(await newDevices(s, { deviceId: LAPTOP, authenticatedAt }), []);
    const limit = { max: 1, onLimit: "refuse" } as const;
    await s.signIn({ deviceId: PHONE });
    assert.deepEqual(await newDevices(s, { deviceId: LAPTOP, limit }), []);
    assert.deepEqual(await newDevices(s, { deviceId: LAPTOP }), [LAPTOP]);
    await newDevices(s, { user: grace, deviceId: PHONE, authenticatedAt });
    assert.deepEqual(await newDevices(s, { user: grace, deviceId: LAPTOP }), [], "their first");
  }),

  storeCase("a name is the device's: of its other sessions, and of later ones", async (s) => {
    const one = await s.signIn({ deviceId: PHONE });
    const two = await s.signIn({ deviceId: PHONE });
    const others = [
      await s.signIn({ deviceId: LAPTOP }),
      await s.signIn({ deviceId: null }),
      await s.signIn({ user: grace, deviceId: PHONE }),
      await s.signIn({ user: { type: "staff", id: "ada" }, deviceId: PHONE }),
    ];
    const events = await s.eventsDuring(async () => {
      assert.deepEqual(await rename(s, one, "Pocket"), { ...one, name: "Pocket" });
    });
    assert.deepEqual(new Set(events.map(({ sessionId }) => sessionId)), new Set([one.id, two.id]));
    assert.deepEqual(typesOf(events), ["session.renamed", "session.renamed"]);
    assert.deepEqual(await s.row(two.id), { ...two, name: "Pocket" });
    for (const other of others) assert.deepEqual(await s.row(other.id), other);
    await s.expectUntouched(two.id, () => rename(s, two, "Pocket"));
    await s.everywhere();
    assert.equal((await s.signIn({ deviceId: PHONE })).name, "Pocket");
    assert.equal((await s.signIn({ deviceId: LAPTOP })).name, null);
    assert.equal((await s.signIn({ user: grace, deviceId: PHONE })).name, null);
  }),

  storeCase(
    "clearing a name clears the device's; a session without one keeps its own",
    async (s) => {
      const one = await s.signIn({ deviceId: PHONE });
      const alone = await s.signIn();
      await rename(s, one, "Pocket");
      await rename(s, alone, "Desk");
      await rename(s, await s.row(one.id), null);
      assert.equal((await s.signIn({ deviceId: PHONE })).name, null);
      assert.equal((await s.row(alone.id)).name, "Desk");
      assert.equal((await s.signIn()).name, null, "no device is no device in common");
    },
  ),

  storeCase("a session that has ended names no device", async (s) => {
    const over = await s.end(await s.signIn({ deviceId: PHONE }), LOGOUT);
    const active = await s.signIn({ deviceId: PHONE });
    assert.equal(await rename(s, over, "Pocket"), null);
    assert.deepEqual(await s.row(active.id), active);
    assert.equal((await s.signIn({ deviceId: PHONE })).name, null);
    await rename(s, active, "Pocket");
    assert.deepEqual(await s.row(over.id), over, "what is over stays as it was");
  }),

  storeCase("erase forgets devices: the next one is the first, and has no name", async (s) => {
    const { cursor } = await s.store.changes(null, 0, s.clock.now());
    await rename(s, await s.signIn({ deviceId: PHONE }), "Pocket");
    await s.signIn({ deviceId: LAPTOP });
    await s.signIn({ user: grace, deviceId: PHONE });
    await s.store.erase(ada, { margin: MINUTE, now: s.clock.now() });
    const { events } = await s.store.changes(cursor, 0, s.clock.now());
    assert.deepEqual(
      firstSeen(events).map(({ user, deviceId }) => [user.id, deviceId]),
      [["", ""]],
      "its event names neither user nor device",
    );
    assert.deepEqual(await newDevices(s, { deviceId: LAPTOP }), []);
    assert.equal((await s.signIn({ deviceId: PHONE })).name, null);
    assert.deepEqual(await newDevices(s, { user: grace, deviceId: PHONE }), [], "hers stays");
  }),

  storeCase("purgeDevices forgets those not signed in on since, the oldest first", async (s) => {
    await rename(s, await s.signIn({ deviceId: PHONE }), "Pocket");
    const first = s.clock.now();
    s.clock.advance(SECOND);
    await s.signIn({ deviceId: LAPTOP });
    s.clock.advance(SECOND);
    await s.signIn({ deviceId: "tablet" });
    const before = s.clock.now();
    assert.equal(await s.store.purgeDevices(first, 100), 0);
    s.clock.advance(SECOND);
    await s.signIn({ deviceId: LAPTOP });
    assert.equal(await s.store.purgeDevices(before, 100), 1, "the laptop was seen later");
    assert.equal((await s.signIn({ deviceId: LAPTOP })).name, null);
    assert.deepEqual(await newDevices(s, { deviceId: LAPTOP }), []);
    // The user's first one is remembered as that.
    assert.deepEqual(await newDevices(s, { deviceId: PHONE }), []);
    assert.equal((await s.signIn({ deviceId: PHONE })).name, null);
    assert.equal(await s.store.purgeDevices(s.clock.now() + 1, 2), 2);
    assert.equal(await s.store.purgeDevices(s.clock.now() + 1, 2), 1);
  }),

  storeCase("of sign-ins at once on one new device, one is told of", async (s) => {
    await s.signIn({ deviceId: PHONE });
    const events = await s.eventsDuring(() =>
      s.atOnce(8, (store) => s.create({ deviceId: LAPTOP }, store)),
    );
    assert.equal(firstSeen(events).length, 1);
  }),

  storeCase("of first sign-ins at once on as many devices, all but one are told of", async (s) => {
    const events = await s.eventsDuring(() =>
      s.atOnce(8, (store, index) => s.create({ deviceId: `device ${index}` }, store)),
    );
    assert.equal(new Set(firstSeen(events).map(({ deviceId }) => deviceId)).size, 7);
    assert.equal(firstSeen(events).length, 7);
  }),
];

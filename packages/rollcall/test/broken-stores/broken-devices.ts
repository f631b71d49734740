import type { User } from "rollcall";
import type { MemoryDatabase } from "rollcall/memory";
import { userKey } from "../../src/core/model/user.js";
import type { NewSession } from "../../src/core/port/operations.js";
import { amend, type BrokenStore, brokenStore, type Fault, pause } from "./broken-store.js";

const ONCE = "a device is told of once, and never a user's first";
const NAMES = "a name is the device's: of its other sessions, and of later ones";

/** Signs in on other devices than those it was given. */
function on(deviceId: (input: NewSession) => string | null): Fault {
  return (sound) => ({ create: (input) => sound.create({ ...input, deviceId: deviceId(input) }) });
}

const forget = ({ devices, firstDevice }: MemoryDatabase, user: User): void => {
  devices.delete(userKey(user));
  firstDevice.delete(userKey(user));
};

/** Asks whether a device is known, lets others in, then signs in. */
function asking(isKnown: (database: MemoryDatabase, input: NewSession) => boolean): Fault {
  return (sound, database) => ({
    async create(input) {
      const known = isKnown(database, input);
      await pause();
      const created = await sound.create(input);
      const { events } = database;
      const { deviceId } = input;
      if (known || created.outcome !== "created" || deviceId === null) return created;
      const last = events.at(-1);
      if (last === undefined || last.type === "device.first_seen") return created;
      const id = String(++database.lastEventId);
      events.push({ ...last, id, type: "device.first_seen", deviceId });
      return created;
    },
  });
}

export const brokenDevices: readonly BrokenStore[] = [
  brokenStore("tells of a user's first device", ONCE, (sound, { firstDevice }) => ({
    async create(input) {
      const key = userKey(input.user);
      if (!firstDevice.has(key)) firstDevice.set(key, "");
      return sound.create(input);
    },
  })),
  brokenStore("forgets devices with their sessions", ONCE, (sound, database) => ({
    async revokeAll(user, input) {
      database.devices.delete(userKey(user));
      return sound.revokeAll(user, input);
    },
  })),
  brokenStore(
    "folds the ids of devices",
    ONCE,
    on(({ deviceId }) => deviceId?.toLowerCase() ?? null),
  ),
  brokenStore(
    "tells of a device before its sign-in",
    "device.first_seen comes after the sign-in, with its session and device",
    (sound, { events }) => ({
      async create(input) {
        const created = await sound.create(input);
        const last = events.at(-1);
        const before = events.at(-2);
        if (last?.type !== "device.first_seen" || before === undefined) return created;
        events.splice(-2, 2, { ...last, id: before.id }, { ...before, id: last.id });
        return created;
      },
    }),
  ),
  brokenStore(
    "takes a device that anybody is known on for known",
    "a device that one user is known on is new to every other",
    (sound, { devices }) => ({
      async create(input) {
        const { deviceId, user } = input;
        const known = [...devices.values()].find((theirs) => theirs.has(deviceId ?? ""));
        const device = known?.get(deviceId ?? "");
        const theirs = devices.get(userKey(user)) ?? new Map();
        if (device !== undefined) theirs.set(deviceId ?? "", device);
        devices.set(userKey(user), theirs);
        return sound.create(input);
      },
    }),
  ),
  brokenStore(
    "takes no device for a device of its own",
    "a sign-in without a device tells of none, and is none",
    on(({ deviceId }) => deviceId ?? "none"),
  ),
  brokenStore(
    "knows devices of sign-ins that it refuses",
    "a sign-in that is refused makes no device known",
    (sound, { devices }) => ({
      async create(input) {
        const created = await sound.create(input);
        const { user, deviceId, now = 0 } = input;
        if (created.outcome === "created" || deviceId === null) return created;
        const seen = { name: null, firstSeenAt: now, lastSeenAt: now };
        const theirs = devices.get(userKey(user)) ?? new Map();
        devices.set(userKey(user), theirs.set(deviceId, seen));
        return created;
      },
    }),
  ),
  brokenStore("names the session alone", NAMES, (sound, { rows }) => ({
    async rename(user, id, change) {
      const others = [...rows.values()].filter((row) => row.id !== id);
      const renamed = await sound.rename(user, id, change);
      for (const row of others) rows.set(row.id, row);
      return renamed;
    },
  })),
  brokenStore("gives a later sign-in no name", NAMES, (sound, database) => ({
    async create(input) {
      const created = await sound.create(input);
      amend(database, input.id, () => ({ name: null }));
      if (created.outcome !== "created") return created;
      return { ...created, session: { ...created.session, name: null } };
    },
  })),
  brokenStore("names the device of every user", NAMES, (sound, database) => ({
    async rename(user, id, change) {
      const renamed = await sound.rename(user, id, change);
      for (const row of database.rows.values()) {
        if (row.deviceId !== null && row.deviceId === renamed?.deviceId) {
          amend(database, row.id, () => ({ name: change.name }));
        }
      }
      return renamed;
    },
  })),
  brokenStore(
    "takes sessions without a device for those of one",
    "clearing a name clears the device's; a session without one keeps its own",
    on(({ deviceId }) => deviceId ?? "none"),
  ),
  brokenStore(
    "names devices by sessions that have ended",
    "a session that has ended names no device",
    (sound, { rows, devices }) => ({
      async rename(user, id, change) {
        const deviceId = rows.get(id)?.deviceId ?? "";
        const known = devices.get(userKey(user))?.get(deviceId);
        if (known) devices.get(userKey(user))?.set(deviceId, { ...known, name: change.name });
        return sound.rename(user, id, change);
      },
    }),
  ),
  brokenStore(
    "keeps devices of users that it erases",
    "erase forgets devices: the next one is the first, and has no name",
    (sound, { devices, firstDevice }) => ({
      async erase(user, input) {
        const key = userKey(user);
        const [theirs, first] = [devices.get(key), firstDevice.get(key)];
        const erased = await sound.erase(user, input);
        if (theirs !== undefined) devices.set(key, theirs);
        if (first !== undefined) firstDevice.set(key, first);
        return erased;
      },
    }),
  ),
  brokenStore(
    "purges by when a device was first seen",
    "purgeDevices forgets those not signed in on since, the oldest first",
    (sound, { devices }) => ({
      async purgeDevices(before, limit) {
        for (const theirs of devices.values()) {
          for (const [id, device] of theirs) {
            theirs.set(id, { ...device, lastSeenAt: device.firstSeenAt });
          }
        }
        return sound.purgeDevices(before, limit);
      },
    }),
  ),
  brokenStore(
    "asks whether a device is known without a lock",
    "of sign-ins at once on one new device, one is told of",
    asking(({ devices }, { user, deviceId }) =>
      Boolean(devices.get(userKey(user))?.has(deviceId ?? "")),
    ),
  ),
  brokenStore(
    "asks for a first device without a lock",
    "of first sign-ins at once on as many devices, all but one are told of",
    (sound, database) => ({
      async create(input) {
        const isFirst = !database.firstDevice.has(userKey(input.user));
        await pause();
        if (isFirst) forget(database, input.user);
        return sound.create(input);
      },
    }),
  ),
];

import type { SessionStore, User } from "rollcall";
import type { MemoryDatabase } from "rollcall/memory";
import { isActive } from "../../src/core/model/session.js";
import { userKey } from "../../src/core/model/user.js";
import { type BrokenStore, brokenStore, pause } from "./broken-store.js";

const ENDS = "disavow ends a session and the younger ones of its device, and says so";

interface Compared {
  readonly user: User;
  readonly deviceId: string | null;
  readonly createdAt: number;
}

/** Also ends every other session of anybody that `others` takes for one like the target. */
const revokingOn =
  (others: (row: Compared, target: Compared | undefined) => boolean) =>
  (sound: SessionStore, { rows }: MemoryDatabase): Pick<SessionStore, "disavow"> => ({
    async disavow(user, id, { revocation, now = Date.now() }) {
      const target = rows.get(id);
      const ended = [...(await sound.disavow(user, id, { revocation, now }))];
      for (const row of [...rows.values()]) {
        if (!isActive(row, now) || !others(row, target)) continue;
        await sound.revoke(row.user, row.id, revocation, now);
        ended.push({ id: row.id, accessUntil: row.accessUntil });
      }
      return ended;
    },
  });

export const brokenDisavowals: readonly BrokenStore[] = [
  brokenStore("disavows the session alone", ENDS, (sound) => ({
    async disavow(user, id, { revocation, now }) {
      const revoked = await sound.revoke(user, id, revocation, now);
      if (!revoked?.changed) return [];
      return [{ id, accessUntil: revoked.session.accessUntil }];
    },
  })),
  brokenStore(
    "disavows the device of every user",
    ENDS,
    revokingOn((row, target) => row.deviceId === target?.deviceId),
  ),
  brokenStore(
    "disavows older sessions too",
    "disavow leaves the older sessions of the device alone",
    revokingOn((row, target) => row.deviceId !== null && row.deviceId === target?.deviceId),
  ),
  brokenStore(
    "disavows nothing once its session has ended",
    "disavow reaches younger sessions also when its own has ended",
    (sound, { rows }) => ({
      async disavow(user, id, input) {
        return rows.get(id)?.revokedAt === null ? sound.disavow(user, id, input) : [];
      },
    }),
  ),
  brokenStore(
    "remembers a device that was disavowed",
    "a device that was disavowed is forgotten: told of again, without its name",
    (sound, { devices }) => ({
      async disavow(user, id, input) {
        const theirs = new Map(devices.get(userKey(user)));
        const ended = await sound.disavow(user, id, input);
        devices.set(userKey(user), theirs);
        return ended;
      },
    }),
  ),
  brokenStore(
    "never tells of a first device, even if it was disavowed",
    "also a user's first device is told of once it was disavowed",
    (sound, { firstDevice }) => ({
      async disavow(user, id, input) {
        const first = firstDevice.get(userKey(user));
        const ended = await sound.disavow(user, id, input);
        if (first !== undefined) firstDevice.set(userKey(user), first);
        return ended;
      },
    }),
  ),
  brokenStore(
    "disavows by the id of a device alone",
    "a second time it ends nothing, also not who signed in there since",
    revokingOn(
      (row, target) =>
        row.deviceId !== null &&
        row.deviceId === target?.deviceId &&
        userKey(row.user) === userKey(target.user) &&
        row.createdAt >= target.createdAt,
    ),
  ),
  brokenStore(
    "takes no device for one in common",
    "disavow ends a session without a device alone",
    revokingOn((row, target) => target?.deviceId === null && row.deviceId === null),
  ),
  brokenStore(
    "disavows sessions of anybody",
    "disavow reaches nobody else's session, and none that is unknown",
    (sound, { rows }) => ({
      disavow: (user, id, input) => sound.disavow(rows.get(id)?.user ?? user, id, input),
    }),
  ),
  brokenStore(
    "disavows what it read before it waited",
    "no sign-in on the device slips by: it is ended, or told of as new",
    (sound, { rows, devices }) => ({
      async disavow(user, id, { revocation, now = Date.now() }) {
        const deviceId = rows.get(id)?.deviceId ?? "";
        const read = [...rows.values()].filter(
          (row) => row.deviceId === deviceId && isActive(row, now),
        );
        await pause();
        devices.get(userKey(user))?.delete(deviceId);
        for (const row of read) await sound.revoke(user, row.id, revocation, now);
        return read.map(({ id: ended, accessUntil }) => ({ id: ended, accessUntil }));
      },
    }),
  ),
];

import { ClientError } from "rollcall/client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createLiveList, type LiveList } from "../../src/element/live-list.js";
import { createFakeClient, type FakeClient } from "./fake-client.js";
import { sampleSession, sampleSessions } from "./sample-sessions.js";

const SETTLED = 20;

function follow(client: FakeClient): { live: LiveList; steps: string[]; settle(): Promise<void> } {
  const steps: string[] = [];
  const live = createLiveList(client, ({ type }) => steps.push(type));
  live.follow();
  return {
    live,
    steps,
    // Nothing in here waits for a timer, so a few turns of the queue are all it takes.
    async settle() {
      for (let turn = 0; turn < SETTLED; turn++) await Promise.resolve();
    },
  };
}

function ids(live: LiveList): readonly string[] | undefined {
  return live.list.sessions?.map(({ id }) => id);
}

afterEach(() => vi.useRealTimers());

test("a refusal that says how the session ended is told as that", async () => {
  const { sessions, ...client } = createFakeClient(sampleSessions());
  const sessionEnded = { reason: "revoked", by: "admin", at: new Date(0) } as const;
  const list = async (): Promise<never> => {
    throw new ClientError("", 401, "EC002", { sessionEnded });
  };
  const live = createLiveList({ ...client, sessions: { ...sessions, list } }, () => {});
  await live.read();
  expect(live.list).toMatchObject({
    phase: "signed-out",
    signedOut: { reason: "revoked", by: { kind: "admin", device: null } },
  });
});

describe("following", () => {
  test("reads at once and after every change, one read at a time", async () => {
    const client = createFakeClient(sampleSessions());
    client.answers.list = "hang";
    const { live, settle } = follow(client);
    await settle();
    for (let i = 0; i < 50; i++) client.changed();
    client.sessionsNow = client.sessionsNow.slice(0, 2);
    await settle();
    expect(client.calls).toEqual(["list 0"]);
    client.answers.list = "ok";
    client.release();
    await settle();
    // The first answer was old when it came: fifty changes cost one more read, and no flicker.
    expect(client.calls).toEqual(["list 0", "list 0"]);
    expect(ids(live)).toEqual(["laptop", "phone"]);
  });

  test("stops when paused, and reads again when it goes on", async () => {
    const client = createFakeClient(sampleSessions());
    const { live, settle } = follow(client);
    await settle();
    live.pause();
    expect(client.followers).toEqual({ changes: 0, ends: 1 });
    client.changed();
    await settle();
    expect(client.calls).toHaveLength(1);
    live.follow();
    await settle();
    expect(client.calls).toHaveLength(2);
    live.close();
    expect(client.followers).toEqual({ changes: 0, ends: 0 });
  });

  test("reads on until this device was found, however old its sign-in", async () => {
    const sessions = Array.from({ length: 350 }, (_, i) =>
      sampleSession(`s${i}`, { current: i === 230 }),
    );
    const client = createFakeClient(sessions);
    const { live, settle } = follow(client);
    await settle();
    expect(client.calls).toEqual(["list 0", "list 100", "list 200"]);
    expect(ids(live)?.[0]).toBe("s230");
    expect(live.list.more).toBe(true);
  });

  test("looks but once for this device, where it is in no page", async () => {
    const client = createFakeClient(Array.from({ length: 350 }, (_, i) => sampleSession(`s${i}`)));
    const { live, settle } = follow(client);
    await settle();
    expect(client.calls).toEqual(["list 0", "list 100", "list 200", "list 300"]);
    client.changed();
    await settle();
    expect(client.calls.slice(4)).toEqual(["list 0"]);
    expect(live.list.more).toBe(true);
  });

  test("reads further pages as they are asked for", async () => {
    const sessions = Array.from({ length: 130 }, (_, i) =>
      sampleSession(`s${i}`, { current: i === 0 }),
    );
    const client = createFakeClient(sessions);
    const { live, settle } = follow(client);
    await settle();
    for (let i = 0; i < 3; i++) await live.showMore();
    expect([live.list.shown, live.list.more, ids(live)?.length]).toEqual([100, false, 130]);
  });

  test("asks again by itself while the server is away, less and less often", async () => {
    vi.useFakeTimers();
    const client = createFakeClient(sampleSessions());
    client.answers.list = "offline";
    const { live } = follow(client);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([live.list.phase, client.calls.length]).toEqual(["unreachable", 2]);
    await vi.advanceTimersByTimeAsync(4_000 + 8_000);
    expect(client.calls).toHaveLength(4);
    client.answers.list = "ok";
    await vi.advanceTimersByTimeAsync(16_000);
    expect(live.list.phase).toBe("ready");
    live.pause();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(client.calls).toHaveLength(5);
  });

  test("asks again by itself after any answer that is no list, and a busy server later", async () => {
    vi.useFakeTimers();
    const client = createFakeClient(sampleSessions());
    client.answers.list = "broken";
    const { live } = follow(client);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([live.list.phase, client.calls.length]).toEqual(["failed", 2]);
    client.answers.list = "throttled";
    await vi.advanceTimersByTimeAsync(4_000);
    expect([live.list.phase, client.calls.length]).toEqual(["throttled", 3]);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(client.calls).toHaveLength(3);
    client.answers.list = "fresh";
    await vi.advanceTimersByTimeAsync(1);
    expect([live.list.phase, client.calls.length]).toEqual(["reauthenticate", 4]);
    // Only the person can help against that.
    await vi.advanceTimersByTimeAsync(600_000);
    expect(client.calls).toHaveLength(4);
    live.close();
  });

  test("asks once for a person who can't wait", async () => {
    const client = createFakeClient(sampleSessions());
    const { live, settle } = follow(client);
    await settle();
    client.answers.list = "broken";
    client.changed();
    await settle();
    client.answers.list = "hang";
    for (let i = 0; i < 3; i++) void live.read();
    await settle();
    expect([live.list.busy, client.calls.length]).toEqual([true, 3]);
    client.answers.list = "ok";
    client.release();
    await settle();
    expect([live.list.busy, live.list.phase, client.calls.length]).toEqual([false, "ready", 3]);
    live.close();
  });

  test("asks nobody any more once paused or closed", async () => {
    vi.useFakeTimers();
    const client = createFakeClient(sampleSessions());
    client.answers.list = "offline";
    const { live } = follow(client);
    await vi.advanceTimersByTimeAsync(1);
    live.pause();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(client.calls).toHaveLength(1);
    live.close();
    live.follow();
    await live.read();
    expect(client.calls).toHaveLength(1);
  });
});

describe("acting", () => {
  test("a session that was ended does not come back with an answer that is older", async () => {
    const client = createFakeClient(sampleSessions());
    const { live, steps, settle } = follow(client);
    await settle();
    client.answers.list = "hang";
    client.changed();
    await settle();
    expect(await live.end({ action: "sign-out", session: sampleSession("phone") })).toBeNull();
    client.answers.list = "ok";
    client.release();
    await settle();
    expect(ids(live)).not.toContain("phone");
    // One read less than was answered: the old answer was thrown away.
    expect(steps).toEqual(["read", "ended", "read"]);
  });

  test("one that had ended already is gone as well", async () => {
    const client = createFakeClient(sampleSessions());
    const { live, settle } = follow(client);
    await settle();
    client.sessionsNow = client.sessionsNow.filter(({ id }) => id !== "phone");
    expect(await live.end({ action: "sign-out", session: sampleSession("phone") })).toBeNull();
    expect(await live.rename("phone", "x")).toBeNull();
    expect(ids(live)).not.toContain("phone");
  });

  test.each([
    ["offline", "unreachable"],
    ["throttled", "throttled"],
    ["broken", "failed"],
    ["fresh", "reauthenticate"],
  ] as const)("says when it did not work: %s is %s", async (answer, problem) => {
    const client = createFakeClient(sampleSessions());
    const { live, settle } = follow(client);
    await settle();
    client.answers.revoke = answer;
    client.answers.rename = answer;
    expect(await live.end({ action: "sign-out", session: sampleSession("phone") })).toBe(problem);
    expect(await live.end({ action: "sign-out-others" })).toBe(problem);
    expect(await live.end({ action: "sign-out-everywhere" })).toBe(problem);
    expect(await live.rename("phone", "x")).toBe(problem);
    expect(ids(live)).toHaveLength(5);
  });

  test("ending oneself, or everything, signs out here", async () => {
    const one = createFakeClient(sampleSessions());
    const { live } = follow(one);
    await live.end({ action: "sign-out", session: sampleSession("laptop", { current: true }) });
    expect(one.calls).toEqual(["list 0", "revoke laptop", "signOut"]);
    expect(live.list).toMatchObject({ phase: "signed-out", signedOut: { reason: "signed_out" } });
    const all = follow(createFakeClient(sampleSessions())).live;
    await all.end({ action: "sign-out-everywhere" });
    expect(all.list.phase).toBe("signed-out");
  });

  test("ending oneself fails as a whole: without the server this device stays signed in", async () => {
    const client = createFakeClient(sampleSessions());
    const { live, settle } = follow(client);
    await settle();
    client.answers.revoke = "offline";
    expect(
      await live.end({ action: "sign-out", session: sampleSession("laptop", { current: true }) }),
    ).toBe("unreachable");
    expect(client.calls).not.toContain("signOut");
    expect(live.list.phase).toBe("ready");
  });

  test("a refused credential signs out here too", async () => {
    const client = createFakeClient(sampleSessions());
    const { live, settle } = follow(client);
    await settle();
    client.answers.revoke = "forbidden";
    expect(await live.end({ action: "sign-out", session: sampleSession("phone") })).toBe(
      "signed-out",
    );
    expect(live.list.phase).toBe("signed-out");
  });
});

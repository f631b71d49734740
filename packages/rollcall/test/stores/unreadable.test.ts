import Database from "libsql";
import type { SessionEvent, SessionStore } from "rollcall";
import { postgres } from "rollcall/postgres";
import { sqlite } from "rollcall/sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { createDatabase, postgresAvailable } from "../support/postgres.js";
import { open, refreshToken, refusal, user } from "../support/sessions.js";

interface Opened {
  readonly store: SessionStore;
  /** Writes to the database behind the store's back. */
  exec(sql: string): Promise<unknown>;
}

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const databases: Record<string, () => Promise<Opened>> = {
  async sqlite() {
    const database = new Database(":memory:");
    closing.push(() => database.close());
    return { store: sqlite(database), exec: async (text) => database.exec(text) };
  },
  async postgres() {
    const database = await createDatabase();
    closing.push(() => database.drop());
    const pool = database.pool();
    return { store: postgres(pool, { listen: false }), exec: (text) => pool.query(text) };
  },
};

async function opened(make: () => Promise<Opened>) {
  const { store, exec } = await make();
  await store.migrate();
  const faults: string[] = [];
  const events: SessionEvent[] = [];
  const made = open({ store, storeTimeout: "60s", onError: (error) => faults.push(error.message) });
  // Before its database is.
  closing.push(() => made.sessions.close());
  made.sessions.on("*", (event) => events.push(event));
  await expect.poll(() => made.sessions.health().freshAsOf).not.toBeNull();
  return { ...made, exec, faults, events };
}

/** An event as nobody but a stranger to Rollcall writes it. */
function event(type: string, id: string, actor: string, data: string | null): string {
  return `insert into rollcall_events (at, type, user_type, user_id, session_id, actor, origin, data)
    values (1, '${type}', 'user', 'ada', '${id}', '${actor}', 'x', ${data === null ? "null" : `'${data}'`})`;
}

const SYSTEM = '{"kind":"system"}';
const REASON = '{"reason":"by hand"}';

/** What is wrong with an event that tells of an ending; each column may be. */
const strangeEndings = (id: string): Record<string, string> => ({
  "no reason": event("session.revoked", id, SYSTEM, null),
  "a reason that is no text": event("session.revoked", id, SYSTEM, '{"reason":42}'),
  "data that is no object": event("session.revoked", id, SYSTEM, '["by hand"]'),
  "an actor without a kind": event("session.revoked", id, "{}", REASON),
  "an actor that is null": event("session.revoked", id, "null", REASON),
});

for (const [name, make] of Object.entries(databases)) {
  describe.skipIf(name === "postgres" && !postgresAvailable)(name, () => {
    test("an event that cannot be read keeps no process from the others, and its ending counts", async () => {
      const { sessions, clock, exec, faults, events } = await opened(make);
      const keeper = (await sessions.start(user)).tokens.accessToken.token;
      // Beyond maxStaleness a check asks the database first.
      const catchUp = async (): Promise<unknown> => {
        clock.advance(3000);
        return sessions.verify(keeper);
      };
      const problems = Object.keys(strangeEndings(""));
      for (const problem of problems) {
        const { session, tokens } = await sessions.start(user);
        await catchUp();
        await exec(`update rollcall_sessions set revoked_at = 1, revoked_reason = 'by hand',
          revoked_by = '${SYSTEM}' where id = '${session.id}'`);
        await exec(strangeEndings(session.id)[problem] ?? "");
        events.splice(0);
        faults.splice(0);
        const next = await sessions.start(user);
        await catchUp();
        expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("revoked");
        expect(faults, problem).toEqual([
          expect.stringMatching(/^event \d+ was left out: unexpected value in column (data|actor)/),
        ]);
        expect(events.map(({ type, sessionId }) => [type, sessionId])).toEqual([
          ["session.created", next.session.id],
        ]);
      }
      expect(sessions.health()).toMatchObject({ lastError: null, unreadable: problems.length });
    });

    test("a process that starts afterwards is informed as well", async () => {
      const first = await opened(make);
      const { session, tokens } = await first.sessions.start(user);
      const other = await first.sessions.start(user);
      await first.sessions.revoke(user, session.id);
      await first.exec(event("session.revoked", session.id, "null", null));
      const { sessions } = open({ store: first.store, storeTimeout: "60s" }, first.clock);
      closing.push(() => sessions.close());
      expect((await refusal(sessions.verify(tokens.accessToken.token))).reason).toBe("revoked");
      await sessions.verify(other.tokens.accessToken.token);
    });

    test("what only describes a session may be unreadable: it is listed, refreshed and ended", async () => {
      const { sessions, exec, faults } = await opened(make);
      const damaged = await sessions.start(user, { device: { userAgent: "curl/8" } });
      const sound = await sessions.start(user, { device: { userAgent: "curl/8" } });
      await exec(`update rollcall_sessions set device_info = '[1]', metadata = '"hunter2"'
        where id = '${damaged.session.id}'`);
      const { sessions: listed } = await sessions.list(user);
      expect(listed.map(({ id }) => id).sort()).toEqual(
        [damaged.session.id, sound.session.id].sort(),
      );
      expect(await sessions.get(user, damaged.session.id)).toMatchObject({
        deviceInfo: null,
        metadata: null,
        device: { type: "unknown" },
      });
      const next = await sessions.refresh(refreshToken(damaged));
      await sessions.verify(next.tokens.accessToken.token);
      expect(await sessions.revoke(user, damaged.session.id)).toMatchObject({
        revokedReason: "revoked",
      });
      expect(faults).toEqual(
        ["device_info", "metadata"].map((column) =>
          expect.stringContaining(`session ${damaged.session.id} was read without its ${column}`),
        ),
      );
      expect(faults.join()).not.toContain("hunter2");
    });
  });
}

test("sqlite: rows whose id is no id hide none of the others, on whatever page", async () => {
  const { sessions, exec, faults, clock } = await opened(databases["sqlite"] ?? expect.unreachable);
  const ids: string[] = [];
  for (let turn = 0; turn < 6; turn += 1) {
    clock.advance(1);
    const { session } = await sessions.start(user);
    if (turn % 2 === 0) {
      await exec(
        `update rollcall_sessions set id = '["${session.id}"]' where id = '${session.id}'`,
      );
    } else ids.unshift(session.id);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await sessions.list(user, {
      limit: 1,
      ...(cursor === undefined ? {} : { cursor }),
    });
    seen.push(...page.sessions.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(ids);
  expect(faults).toHaveLength(3);
  expect(await sessions.revokeAll(user)).toBe(3);
});

test("sqlite: an event whose session's id is no id leaves the cursor good", async () => {
  const { sessions, store, exec, faults, clock } = await opened(
    databases["sqlite"] ?? expect.unreachable,
  );
  const { session } = await sessions.start(user);
  await exec(event("session.renamed", `["${session.id}"]\n`, SYSTEM, null));
  const { cursor } = await store.changes(null, 0, clock.now());
  await sessions.revoke(user, session.id);
  const page = await store.changes(cursor, 0, clock.now());
  expect(page).toMatchObject({ whole: false, revoked: [{ id: session.id }] });
  expect(page.events.map(({ type }) => type)).toEqual(["session.revoked"]);
  await expect.poll(() => faults).toEqual([expect.stringMatching(/^event \d+ was left out/)]);
});

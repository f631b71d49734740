import assert from "node:assert/strict";
import type { StoredEvent } from "../../core/model/events.js";
import type { Revocation, SessionId, StoredSession } from "../../core/model/session.js";
import type { SessionSummary } from "../../core/model/session-summary.js";
import type { User } from "../../core/model/user.js";
import type {
  CreateOutcome,
  ListPage,
  NewSession,
  RevokeAll,
  RevokedEntry,
  Rotation,
  RotationOutcome,
} from "../../core/port/operations.js";
import type { SessionStore } from "../../core/port/store.js";
import { ada, newSession, TERMS } from "./new-session.js";
import type { StoreCase, StoreHarness, StoreNeed } from "./store-case.js";

/** A revocation for cases to which the reason does not matter. */
export const LOGOUT: Revocation = { reason: "logout", actor: { kind: "user" } };

/** A presented generation; the rest has defaults. */
export type Presented = Pick<Rotation, "id" | "presented"> & Partial<Rotation>;

type Created = Extract<CreateOutcome, { readonly outcome: "created" }>;

/** The steps of the cases, at the time of the harness's clock. */
export interface Scenario extends Pick<StoreHarness, "store" | "clock"> {
  /** A second handle, if the harness has one. */
  other(): Promise<SessionStore | undefined>;
  create(differing?: Partial<NewSession>, store?: SessionStore): Promise<CreateOutcome>;
  /** A sign-in that must succeed, and the sessions that it ended. */
  expectCreated(differing?: Partial<NewSession>): Promise<Created>;
  /** A sign-in that must succeed. */
  signIn(differing?: Partial<NewSession>): Promise<StoredSession>;
  rotate(presented: Presented, store?: SessionStore): Promise<RotationOutcome>;
  /** Presents a generation and asserts the outcome; returns the row. */
  expectRotation(
    expected: Exclude<RotationOutcome["outcome"], "unknown">,
    presented: Presented,
  ): Promise<StoredSession>;
  /** The current row, which must exist. */
  row(id: SessionId): Promise<StoredSession>;
  list(user?: User, page?: Partial<ListPage>): Promise<readonly SessionSummary[]>;
  /** Ends a session that must be active. */
  end(session: Pick<StoredSession, "id" | "user">, revocation?: Revocation): Promise<StoredSession>;
  everywhere(user?: User, input?: Partial<RevokeAll>): Promise<readonly RevokedEntry[]>;
  /** Asserts that "everywhere" has ended these, all of the user's, and left none to refresh. */
  expectEverywhere(sessions: readonly Pick<StoredSession, "id">[]): Promise<void>;
  /** The events that `action` wrote, in the order of `changes`, each once. */
  eventsDuring(action: () => Promise<unknown>): Promise<readonly StoredEvent[]>;
  /** Asserts that `action` wrote no event and left the row of the session as it was. */
  expectUntouched(id: SessionId, action: () => Promise<unknown>): Promise<void>;
  /** `count` calls at once, spread over all handles that the harness can give. */
  atOnce<T>(
    count: number,
    call: (store: SessionStore, index: number) => Promise<T>,
  ): Promise<readonly T[]>;
}

/** In milliseconds. Long, because no case is about `storeTimeout` and the machine may be busy. */
const STORE_TIMEOUT = 60_000;

function patient(store: SessionStore): SessionStore {
  store.configure({ storeTimeout: STORE_TIMEOUT, processId: "" });
  return store;
}

async function createScenario(harness: StoreHarness): Promise<Scenario> {
  const { clock, another } = harness;
  const store = patient(harness.store);
  let second: Promise<SessionStore> | undefined;
  const { cursor } = await store.changes(null, 0, clock.now());

  const told = async (): Promise<StoredEvent[]> => {
    const { events } = await store.changes(cursor, 0, clock.now());
    return [...new Map(events.map((event) => [event.id, event])).values()];
  };

  const eventsDuring: Scenario["eventsDuring"] = async (action) => {
    const before = new Set((await told()).map((event) => event.id));
    await action();
    return (await told()).filter((event) => !before.has(event.id));
  };

  const row: Scenario["row"] = async (id) => {
    const found = await store.find(id, clock.now());
    assert.ok(found !== null, `find(${id}) gave null for a session that exists`);
    return found.session;
  };

  const create: Scenario["create"] = (differing, on = store) =>
    on.create({ ...newSession(differing), now: clock.now() });

  const expectCreated: Scenario["expectCreated"] = async (differing) => {
    const created = await create(differing);
    assert.ok(created.outcome === "created", `a sign-in was ${created.outcome}`);
    return created;
  };

  const rotate: Scenario["rotate"] = (presented, on = store) => {
    const { retryWindow, accessTokenTtl } = TERMS;
    const terms = {
      keyId: "k1",
      presentedKeyId: "k1",
      ip: null,
      userAgent: null,
      retryWindow,
      accessTokenTtl,
    };
    return on.rotate({ ...terms, ...presented, now: clock.now() });
  };

  /** Always the same one, because the database may not allow a third handle. */
  const other: Scenario["other"] = async () => {
    second ??= another?.().then(patient);
    return second;
  };

  const expectRotation: Scenario["expectRotation"] = async (expected, presented) => {
    const answer = await rotate(presented);
    assert.equal(answer.outcome, expected, `generation ${presented.presented} presented`);
    assert.equal(answer.now, clock.now(), "an outcome tells the time it was decided by");
    assert.deepEqual(await row(presented.id), answer.session, "the answer is the row as it is");
    return answer.session;
  };
  const list: Scenario["list"] = (user = ada, page = {}) =>
    store.list(user, { limit: 100, after: null, now: clock.now(), ...page });

  return {
    store,
    clock,
    other,
    create,
    rotate,
    row,
    eventsDuring,
    expectCreated,
    signIn: async (differing) => (await expectCreated(differing)).session,
    expectRotation,
    list,
    async expectEverywhere(sessions) {
      assert.deepEqual(await list(), []);
      for (const { id } of sessions) {
        const { revokedReason, generation } = await row(id);
        assert.equal(revokedReason, LOGOUT.reason);
        await expectRotation("revoked", { id, presented: generation });
      }
    },
    async end(session, revocation = LOGOUT) {
      const revoked = await store.revoke(session.user, session.id, revocation, clock.now());
      assert.equal(revoked?.changed, true, "an active session is ended by revoke");
      return revoked.session;
    },
    everywhere: (user = ada, input = {}) =>
      store.revokeAll(user, { revocation: LOGOUT, except: null, now: clock.now(), ...input }),
    async expectUntouched(id, action) {
      const before = await row(id);
      const events = await eventsDuring(action);
      assert.deepEqual(await row(id), before, "the row must stay as it was");
      assert.deepEqual(events, [], "nothing happened, so no event may tell of anything");
    },
    async atOnce(count, call) {
      const handles = [store, (await other()) ?? store];
      return Promise.all(
        Array.from({ length: count }, (_, index) =>
          call(handles[index % handles.length] ?? store, index),
        ),
      );
    },
  };
}

/** The types of events, in their order. */
export function typesOf(events: readonly StoredEvent[]): readonly string[] {
  return events.map((event) => event.type);
}

/** The ids of sessions or entries, in their order. */
export function idsOf(rows: readonly { readonly id: SessionId }[]): readonly SessionId[] {
  return rows.map(({ id }) => id);
}

/** Creates a case from its steps. */
export function storeCase(
  name: string,
  run: (scenario: Scenario) => Promise<void>,
  needs?: StoreNeed,
): StoreCase {
  return {
    name,
    ...(needs === undefined ? {} : { needs }),
    run: async (harness) => run(await createScenario(harness)),
  };
}

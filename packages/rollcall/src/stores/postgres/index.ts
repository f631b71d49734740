import type { SessionId } from "../../core/model/session.js";
import type { User } from "../../core/model/user.js";
import type {
  Found,
  SessionStore,
  StoreSettings,
  TransactionStore,
} from "../../core/port/store.js";
import { explaining } from "../explaining.js";
import { integerOf, toSession } from "../row.js";
import { confirm, touch } from "./activity.js";
import { createChangesReader } from "./changes.js";
import {
  clientLikeThoseOf,
  isClient,
  isInTransaction,
  isPool,
  type PostgresClient,
  type PostgresListenClient,
  takesNames,
} from "./client.js";
import { createConnection, executeOn } from "./connection.js";
import { create } from "./create.js";
import { erase } from "./erase.js";
import { type Listening, PROBE_INTERVAL } from "./listener.js";
import { migrate } from "./migrate.js";
import { readSchema } from "./namespace.js";
import { createNamespaces } from "./namespaces.js";
import { remedy } from "./remedies.js";
import { get, rename, revoke, revokeAll } from "./revoke.js";
import { revokeByKey } from "./revoke-by-key.js";
import { rotate } from "./rotate.js";
import { type Execute, joinedScope, ownDatabase, type Scope } from "./scope.js";
import { listenTogether } from "./shared-listener.js";
import * as sql from "./statements.js";
import { createTurns } from "./turns.js";

export type { PostgresClient, PostgresListenClient, PostgresResult } from "./client.js";
export { type PostgresSchemaOptions, postgresSchema } from "./schema.js";

/** Options of {@link postgres}. */
export interface PostgresOptions {
  /**
   * The schema that has the tables, by its plain name. Give it wherever the `search_path` is not the
   * same on all connections, or is changed on them: one store always uses one schema.
   *
   * @default the first schema of the `search_path` that exists, as the first connection used has it
   * @remarks When the tables are not in the first schema, or a pooler or your code changes the
   *   `search_path`.
   */
  readonly schema?: string;
  /**
   * Whether statements are named, so that the server plans each once per connection. Their names
   * end in a hash of their text.
   *
   * @default true for `pg`; PGlite has no names
   * @remarks To `false` behind PgBouncer in transaction mode before 1.21.
   */
  readonly prepare?: boolean;
  /**
   * How changes made by other processes are heard of within milliseconds: a function that gives a
   * new `pg` Client, not yet connected, straight to the server (`LISTEN` reaches nothing through
   * PgBouncer in transaction mode; Rollcall notices, and says so in `health()`). Rollcall connects
   * it, keeps it for itself, ends it, and asks for another when it is lost. `false`: changes are
   * found by asking regularly, which alone keeps the bound of `maxStaleness`.
   *
   * @default a client like those of the pool, outside of it; `false` where `client` is no pool
   * @remarks Behind PgBouncer in transaction mode: a client with the server's own address. To `false` in
   *   serverless functions, to save a connection.
   */
  readonly listen?: (() => PostgresListenClient | Promise<PostgresListenClient>) | false;
}

/**
 * At most this many connections serve the changes of one user, or the refreshes of one session, so
 * that a lock on them leaves connections for everybody else.
 */
const AT_ONCE = 2;

/** Starts a list before every session. */
const BEFORE_ALL = {
  createdAt: Number.MAX_SAFE_INTEGER,
  id: "00000000-0000-0000-0000-000000000000",
};

/**
 * A store in a Postgres database (14 or later), on a pool or client of the application's, which it
 * never ends. Tables are in the schema named by `schema`, else in the first of the `search_path`:
 * where they are created is where they are looked for, and nowhere else.
 *
 * A single client must be Rollcall's alone: transactions take all of it. Errors of idle clients
 * come to `pool.on("error")`, which every application with a `pg` pool must listen to.
 *
 * @example
 * ```ts
 * import { Pool } from "pg";
 * import { createSessions } from "rollcall";
 * import { postgres } from "rollcall/postgres";
 *
 * const pool = new Pool({ connectionString: "postgres://localhost/app" });
 * pool.on("error", console.error);
 * const store = postgres(pool);
 * await store.migrate();
 * const sessions = createSessions({ store, secret: "0123456789abcdef0123456789abcdef" });
 * ```
 *
 * @throws TypeError naming the option at fault.
 */
export function postgres(client: PostgresClient, options: PostgresOptions = {}): SessionStore {
  if (!isClient(client)) {
    throw new TypeError("postgres(client): client must have query(), as pg and PGlite do");
  }
  const { prepare = takesNames(client) } = options;
  if (typeof prepare !== "boolean") throw new TypeError("prepare must be true or false");
  if (prepare && !takesNames(client)) {
    throw new TypeError("prepare: this client takes no named statements; leave it out");
  }
  const schema = options.schema === undefined ? null : readSchema(options.schema);
  let settings: StoreSettings = { storeTimeout: 2000, processId: "" };
  const timeout = (): number => settings.storeTimeout;
  const connection = createConnection(client, { prepare, timeout });
  const namespaces = createNamespaces(schema, connection.alone);
  const database = ownDatabase(connection, () => settings, namespaces);
  const turns = createTurns(AT_ONCE, timeout);
  const ofUser = <T>({ type, id }: User, work: () => Promise<T>): Promise<T> =>
    turns.take(`${type.length}:${type}${id}`, work);
  /** Whether who asks now has been answered meanwhile. */
  const sinceNow = (): (() => boolean) => {
    const asked = performance.now();
    return () => performance.now() - asked > timeout();
  };
  const reader = createChangesReader(database);
  const listening = new Set<Listening>();
  const open = openListener(client, options.listen);

  const store: SessionStore = {
    configure(given) {
      settings = given;
    },
    migrate: () => migrate(connection, namespaces),
    create: (input) => ofUser(input.user, () => create(database, input)),
    rotate(input) {
      const isGivenUp = sinceNow();
      return turns.take(input.id, () => rotate(database, input, isGivenUp));
    },
    find: (id, now) => find(database, id, now),
    get: (user, id) => get(database, user, id),
    async list(user, { limit, after, now }) {
      const { createdAt, id } = after ?? BEFORE_ALL;
      const values = [now ?? null, user.type, user.id, createdAt, id, limit];
      const rows = await database.read(sql.LIST, values);
      return rows.map((row) => toSession(row, database.report));
    },
    rename: (user, id, change) => ofUser(user, () => rename(database, user, id, change)),
    revoke: (user, id, revocation, now) =>
      ofUser(user, () => revoke(database, user, id, revocation, now)),
    revokeAll: (user, input) => ofUser(user, () => revokeAll(database, user, input)),
    erase: (user, input) => ofUser(user, () => erase(database, user, input)),
    revokeByKey: (input) => revokeByKey(database, input),
    confirm: (uses, now, wait = false) => confirm(database, uses, now, wait),
    touch: (uses, now) => touch(database, uses, now),
    changes: (cursor, margin, now) => reader.changes(cursor, margin, now),
    async purge(before, limit) {
      const [row] = await database.write(sql.PURGE, undefined, [before, limit]);
      return row === undefined ? 0 : integerOf(row, "purged");
    },
    in(given) {
      const joined = joinedScope(executeInside(given, prepare), () => settings, namespaces);
      const inside: TransactionStore = {
        create: (input) => create(joined, input),
        find: (id, now) => find(joined, id, now),
        rotate: (input) => rotate(joined, input, sinceNow()),
        revoke: (user, id, revocation, now) => revoke(joined, user, id, revocation, now),
        revokeAll: (user, input) => revokeAll(joined, user, input),
        erase: (user, input) => erase(joined, user, input),
      };
      return explaining(inside, remedy);
    },
    async close() {
      await Promise.all([...listening].map((one) => one.stop()));
      listening.clear();
    },
  };
  if (open === null) return explaining(store, remedy);
  const hinting: SessionStore = {
    ...store,
    async subscribe(listener) {
      const send = (payload: string): Promise<unknown> => database.read(sql.PROBE, [payload]);
      const channel = async (): Promise<string> => (await namespaces.own()).channel;
      // Where the bound is longer than a probe's interval, so may be the time without hints.
      const probeInterval = (): number => Math.max(PROBE_INTERVAL, settings.maxStaleness ?? 0);
      const terms = { channel, open, send, listener, probeInterval };
      const one = listenTogether(client, options.schema ?? "", terms);
      listening.add(one);
      await one.tried;
      return async () => {
        listening.delete(one);
        await one.stop();
      };
    },
  };
  return explaining(hinting, remedy);
}

async function find(scope: Scope, id: SessionId, now: number | undefined): Promise<Found | null> {
  const [row] = await scope.read(sql.FIND, [now ?? null, id]);
  return row === undefined
    ? null
    : { session: toSession(row, scope.report), now: integerOf(row, "now") };
}

function openListener(
  client: PostgresClient,
  option: PostgresOptions["listen"],
): Exclude<PostgresOptions["listen"], false | undefined> | null {
  if (option === false) return null;
  if (option === undefined) return isPool(client) ? clientLikeThoseOf(client) : null;
  if (typeof option !== "function") {
    throw new TypeError("listen must be a function that gives a new pg Client, or false");
  }
  return option;
}

/** Statements on the client on which the caller has begun a transaction. */
function executeInside(client: unknown, prepare: boolean): Execute {
  if (!isClient(client) || isPool(client)) {
    throw new TypeError("in(client): pass the client on which you began the transaction");
  }
  const execute = executeOn(client, prepare);
  return async (statement, values) => {
    // Without a transaction each statement would be committed at once, and no lock would hold.
    if (isInTransaction(client) === false) {
      throw new TypeError("in(client): begin a transaction on this client first, and await it");
    }
    return execute(statement, values);
  };
}

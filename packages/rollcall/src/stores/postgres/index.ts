import type { User } from "../../core/model/user.js";
import type { SessionStore, TransactionStore } from "../../core/port/store.js";
import type { StoreSettings } from "../../core/port/store-settings.js";
import { withRemedies } from "../with-remedies.js";
import { createChangesReader } from "./changes.js";
import { confirm } from "./confirm.js";
import {
  isClient,
  type PostgresClient,
  type PostgresListenClient,
  takesNames,
} from "./connection/client.js";
import { createConnection } from "./connection/connection.js";
import { executeInside } from "./connection/execute.js";
import { createKeyedQueue } from "./connection/keyed-queue.js";
import type { Listening } from "./connection/listener.js";
import { readSchema } from "./connection/namespace.js";
import { createNamespaces } from "./connection/namespaces.js";
import { remedy } from "./connection/remedies.js";
import { joinedScope, ownDatabase } from "./connection/scope.js";
import { create } from "./create.js";
import { disavow } from "./disavow.js";
import { erase } from "./erase.js";
import { find, get } from "./find.js";
import { list } from "./list.js";
import { migrate } from "./migrate.js";
import { outdate } from "./outdate.js";
import { purge } from "./purge.js";
import { purgeDevices } from "./purge-devices.js";
import { purgeEvents } from "./purge-events.js";
import { reauthenticate } from "./reauthenticate.js";
import { rename } from "./rename.js";
import { revoke } from "./revoke.js";
import { revokeAll } from "./revoke-all.js";
import { revokeByKey } from "./revoke-by-key.js";
import { rotate } from "./rotate.js";
import { readListen, subscribe } from "./subscribe.js";
import { touch } from "./touch.js";
import { update } from "./update.js";

export type { PostgresClient, PostgresListenClient, PostgresResult } from "./connection/client.js";
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
  const queue = createKeyedQueue(AT_ONCE, timeout);
  const ofUser = <T>({ type, id }: User, work: () => Promise<T>): Promise<T> =>
    queue.run(`${type.length}:${type}${id}`, work);
  /** Whether a caller of now has been answered meanwhile. */
  const sinceNow = (): (() => boolean) => {
    const asked = performance.now();
    return () => performance.now() - asked > timeout();
  };
  const reader = createChangesReader(database);
  const listening = new Set<Listening>();
  const open = readListen(client, options.listen);

  const store: SessionStore = {
    configure(given) {
      settings = given;
    },
    migrate: () => migrate(connection, namespaces),
    create: (input) => ofUser(input.user, () => create(database, input)),
    rotate(input) {
      const isGivenUp = sinceNow();
      return queue.run(input.id, () => rotate(database, input, isGivenUp));
    },
    find: (id, now) => find(database, id, now),
    get: (user, id) => get(database, user, id),
    list: (user, page) => list(database, user, page),
    rename: (user, id, change) => ofUser(user, () => rename(database, user, id, change)),
    update: (user, id, change) => ofUser(user, () => update(database, user, id, change)),
    outdate: (user, input) => ofUser(user, () => outdate(database, user, input)),
    reauthenticate: (user, id, input) =>
      ofUser(user, () => reauthenticate(database, user, id, input)),
    revoke: (user, id, revocation, now) =>
      ofUser(user, () => revoke(database, user, id, revocation, now)),
    revokeAll: (user, input) => ofUser(user, () => revokeAll(database, user, input)),
    disavow: (user, id, input) => ofUser(user, () => disavow(database, user, id, input)),
    erase: (user, input) => ofUser(user, () => erase(database, user, input)),
    revokeByKey: (input) => revokeByKey(database, input),
    confirm: (uses, now, wait = false) => confirm(database, uses, now, wait),
    touch: (uses, now) => touch(database, uses, now),
    changes: (cursor, margin, now) => reader.changes(cursor, margin, now),
    purge: (before, limit) => purge(database, before, limit),
    purgeEvents: (before, limit) => purgeEvents(database, before, limit),
    purgeDevices: (before, limit) => purgeDevices(database, before, limit),
    in(given) {
      const joined = joinedScope(executeInside(given, prepare), () => settings, namespaces);
      const inside: TransactionStore = {
        create: (input) => create(joined, input),
        find: (id, now) => find(joined, id, now),
        rotate: (input) => rotate(joined, input, sinceNow()),
        outdate: (user, input) => outdate(joined, user, input),
        revoke: (user, id, revocation, now) => revoke(joined, user, id, revocation, now),
        revokeAll: (user, input) => revokeAll(joined, user, input),
        erase: (user, input) => erase(joined, user, input),
      };
      return withRemedies(inside, remedy);
    },
    async close() {
      await Promise.all([...listening].map((one) => one.stop()));
      listening.clear();
    },
  };
  if (open === null) return withRemedies(store, remedy);
  const hinting: SessionStore = {
    ...store,
    async subscribe(listener) {
      const one = subscribe(
        {
          client,
          schema: options.schema,
          namespaces,
          scope: database,
          open,
          maxStaleness: () => settings.maxStaleness ?? 0,
        },
        listener,
      );
      listening.add(one);
      await one.tried;
      return async () => {
        listening.delete(one);
        await one.stop();
      };
    },
  };
  return withRemedies(hinting, remedy);
}

/** What a query gives back. */
export interface PostgresResult {
  readonly rows: readonly unknown[];
}

/**
 * The least a client must be. A `pg` Pool or Client is one, and so is a PGlite; Rollcall uses a
 * pool's `connect()` and a PGlite's `transaction()` where they are there.
 */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
}

/** Takes named statements, which the server then parses and plans once per connection. */
export interface NamingClient extends PostgresClient {
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
  query(statement: {
    readonly name: string;
    readonly text: string;
    readonly values: unknown[];
  }): Promise<PostgresResult>;
}

/** A client of a pool, for as long as it is ours. */
export interface PooledClient extends PostgresClient {
  release(error?: Error | boolean): void;
}

export interface Pool extends PostgresClient {
  connect(): Promise<PooledClient>;
}

/** Runs transactions itself, so that nobody's queries come in between. */
export interface TransactingClient extends PostgresClient {
  transaction<T>(work: (transaction: PostgresClient) => Promise<T>): Promise<T>;
}

/** A client of its own for `LISTEN`; new, not yet connected. A `pg` Client is one. */
export interface PostgresListenClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  on(
    event: "notification" | "error" | "end",
    listener: (message: { readonly payload?: string | undefined }) => void,
  ): unknown;
  end(): Promise<unknown>;
}

function has(value: unknown, name: string, type: "function" | "number" | "object"): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, name) === type;
}

export function isClient(value: unknown): value is PostgresClient {
  return has(value, "query", "function");
}

export function isPool(client: PostgresClient): client is Pool {
  return has(client, "connect", "function") && has(client, "totalCount", "number");
}

/** The clients of `pg`, its pools and what is made in their image. */
export function takesNames(client: PostgresClient): client is NamingClient {
  return has(client, "connect", "function");
}

export function isTransacting(client: PostgresClient): client is TransactingClient {
  return has(client, "transaction", "function") && !has(client, "connect", "function");
}

/** A server that takes longer is tried again later, in milliseconds. */
const CONNECT_WITHIN = 5000;

function isListenClient(value: unknown): value is PostgresListenClient {
  return ["connect", "query", "on", "end"].every((name) => has(value, name, "function"));
}

/**
 * Tells whether something is a client that has `connect()` but is no pool: `BEGIN` and `COMMIT`
 * must not be sent to what may hand each of them to another connection.
 */
export function isSingle(client: PostgresClient): boolean {
  return !has(client, "connect", "function") || has(client, "escapeLiteral", "function");
}

/** `true` or `false` where the client knows whether it is inside a transaction, else `null`. */
export function isInTransaction(client: PostgresClient): boolean | null {
  if (!has(client, "getTransactionStatus", "function")) return null;
  const status: unknown = Reflect.apply(Reflect.get(client, "getTransactionStatus"), client, []);
  return typeof status === "string" ? status !== "I" : null;
}

/**
 * How to open a client like those of a pool, but outside it: one of the pool's own would be missing
 * there, and would keep `pool.end()` waiting. `null` when the pool does not show how.
 */
export function clientLikeThoseOf(pool: Pool): (() => PostgresListenClient) | null {
  if (!has(pool, "Client", "function") || !has(pool, "options", "object")) return null;
  return () => {
    const client: unknown = Reflect.construct(Reflect.get(pool, "Client"), [
      withinTime(Reflect.get(pool, "options")),
    ]);
    if (isListenClient(client)) return client;
    throw new TypeError("listen: the pool's Client is unlike pg's; pass listen: () => client");
  };
}

/** Options of a client that stops trying to connect by itself; until then it keeps the process. */
function withinTime(options: unknown): object {
  // With what is not enumerable: that is where a pool keeps the password.
  const all = Object.getOwnPropertyDescriptors(options);
  const limit: PropertyDescriptor = { value: CONNECT_WITHIN, enumerable: true, writable: true };
  return Object.defineProperties({}, { ...all, connectionTimeoutMillis: limit });
}

/** While a client is out of its pool nobody listens for its errors; one would end the process. */
export function ignoreErrors(client: PostgresClient): () => void {
  const ignore = (): void => {};
  if (!has(client, "on", "function") || !has(client, "off", "function")) return ignore;
  Reflect.apply(Reflect.get(client, "on"), client, ["error", ignore]);
  return () => {
    Reflect.apply(Reflect.get(client, "off"), client, ["error", ignore]);
  };
}

/** Ends a connection whose other side says nothing any more. */
export function destroy(client: PostgresListenClient): void {
  const connection: unknown = Reflect.get(client, "connection");
  if (typeof connection !== "object" || connection === null) return;
  const stream: unknown = Reflect.get(connection, "stream");
  if (typeof stream !== "object" || stream === null || !has(stream, "destroy", "function")) return;
  Reflect.apply(Reflect.get(stream, "destroy"), stream, []);
}

/** A connection that only waits for hints keeps no process alive. */
export function unref(client: PostgresListenClient): void {
  if (has(client, "unref", "function")) Reflect.apply(Reflect.get(client, "unref"), client, []);
}

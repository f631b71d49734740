import {
  ignoreErrors,
  isInTransaction,
  isPool,
  isSingle,
  isTransacting,
  type Pool,
  type PooledClient,
  type PostgresClient,
  type TransactingClient,
  takesNames,
} from "./client.js";
import { type Execute, executeOn } from "./execute.js";
import { isConnectionLost } from "./failures.js";

/** How statements reach the server. */
export interface Connection {
  /** One statement, committed by itself. */
  readonly alone: Execute;
  /** At READ COMMITTED, whatever the default: under a lock, each statement must see what is new. */
  transaction<T>(work: (execute: Execute) => Promise<T>, timeout?: number): Promise<T>;
}

interface ConnectionOptions {
  readonly prepare: boolean;
  /** `storeTimeout`: a caller that has waited this long has been answered already. */
  readonly timeout: () => number;
}

/**
 * Uses the client by its kind.
 *
 * @throws TypeError for a client on which no transaction can be held.
 */
export function createConnection(client: PostgresClient, options: ConnectionOptions): Connection {
  if (isPool(client)) return overPool(client, options);
  if (isTransacting(client)) return overTransacting(client);
  if (isSingle(client)) return overSingle(client, options);
  throw new TypeError(
    "postgres(client): client has connect() but is neither a pool (totalCount) nor a client of pg; " +
      "pass a pg Pool, a pg Client or a PGlite",
  );
}

/** Our transactions end by themselves on the server too: a frozen process must hold no lock. */
function begin(timeout: number): string {
  return [
    "begin isolation level read committed",
    `set local statement_timeout = ${Math.ceil(timeout)}`,
    `set local idle_in_transaction_session_timeout = ${Math.ceil(Math.max(10_000, 5 * timeout))}`,
  ].join("; ");
}

async function inTransaction<T>(
  client: PostgresClient,
  start: string,
  work: () => Promise<T>,
): Promise<T> {
  await client.query(start);
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    await client.query("rollback").catch((cause: unknown) => {
      // Without a code, so that the connection counts as lost.
      throw new Error("the transaction could not be rolled back", { cause });
    });
    throw error;
  }
}

function overPool(pool: Pool, { prepare, timeout }: ConnectionOptions): Connection {
  const borrow = async <T>(
    limit: number,
    work: (client: PooledClient) => Promise<T>,
  ): Promise<T> => {
    const asked = performance.now();
    const client = await pool.connect();
    if (performance.now() - asked > limit) {
      // The caller has been answered 503 already; after an outage thousands of these may wait.
      client.release();
      throw new Error(`no connection of the pool was free within ${limit} ms (storeTimeout)`);
    }
    const listenAgain = ignoreErrors(client);
    let lost: Error | undefined;
    try {
      return await bounded(SILENCE * limit, work(client));
    } catch (error) {
      if (isConnectionLost(error)) lost = error instanceof Error ? error : new Error("lost");
      throw error;
    } finally {
      listenAgain();
      client.release(lost);
    }
  };
  return {
    alone: (statement, values) =>
      borrow(timeout(), (client) => executeOn(client, prepare)(statement, values)),
    transaction: (work, limit = timeout()) =>
      borrow(limit, (client) =>
        inTransaction(client, begin(limit), () => work(executeOn(client, prepare))),
      ),
  };
}

/** A connection is given up after this many times the timeout, by when the server has given up. */
const SILENCE = 3;

/** A stalled network says nothing: the connection is given up, so that the pool opens another. */
async function bounded<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from the server for ${ms} ms`)), ms);
    timer.unref();
  });
  try {
    return await Promise.race([work, silent]);
  } finally {
    clearTimeout(timer);
  }
}

/** One connection: everything goes through one queue, since a transaction takes all of it. */
function overSingle(client: PostgresClient, { prepare, timeout }: ConnectionOptions): Connection {
  const execute = executeOn(client, prepare);
  let last: Promise<unknown> = Promise.resolve();
  const queue = <T>(limit: number, work: () => Promise<T>): Promise<T> => {
    const asked = performance.now();
    const turn = last.then(() => {
      if (performance.now() - asked > limit) {
        throw new Error(`the connection was not free within ${limit} ms (storeTimeout)`);
      }
      if (isInTransaction(client) === true) {
        throw new TypeError(
          "this client is inside a transaction of yours: use sessions.in(client) there, " +
            "or give postgres() a client of its own",
        );
      }
      return work();
    });
    last = turn.catch(() => {});
    return turn;
  };
  // Whether several statements fit into one text is known of pg's clients only.
  const start = (limit: number): string =>
    takesNames(client) ? begin(limit) : "begin isolation level read committed";
  return {
    alone: (statement, values) => queue(timeout(), () => execute(statement, values)),
    transaction: (work, limit = timeout()) =>
      queue(limit, () => inTransaction(client, start(limit), () => work(execute))),
  };
}

/** PGlite queues by itself, and runs in this very process: it needs no timeouts. */
function overTransacting(client: TransactingClient): Connection {
  return {
    alone: executeOn(client, false),
    transaction: (work) =>
      client.transaction(async (transaction) => {
        await transaction.query("set transaction isolation level read committed");
        return work(executeOn(transaction, false));
      }),
  };
}

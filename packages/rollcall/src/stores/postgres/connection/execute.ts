import type { Row, Values } from "../../row.js";
import { valuesFor } from "../sql/parameters.js";
import type { Prepared } from "../sql/statement.js";
import { isClient, isInTransaction, isPool, type PostgresClient, takesNames } from "./client.js";

/** Sends a statement over one connection, or over any. */
export type Execute = (statement: Prepared, values: Values) => Promise<readonly Row[]>;

/** Sends statements over one client; with `prepare` by their names, where the client takes names. */
export function executeOn(client: PostgresClient, prepare: boolean): Execute {
  const naming = prepare && takesNames(client) ? client : null;
  return async ({ name, text, parameters }, values) => {
    const numbered = valuesFor(parameters, values);
    const { rows } =
      naming === null || name === null
        ? await client.query(text, numbered)
        : await naming.query({ name, text, values: numbered });
    return rows.filter(isRow);
  };
}

/**
 * Sends statements over the client on which the caller has begun a transaction.
 *
 * @throws TypeError when it is no such client.
 */
export function executeInside(client: unknown, prepare: boolean): Execute {
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

function isRow(row: unknown): row is Row {
  return typeof row === "object" && row !== null;
}

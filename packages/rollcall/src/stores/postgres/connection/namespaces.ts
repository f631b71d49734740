import { stringOf } from "../../row.js";
import type { Prepared } from "../sql/statement.js";
import type { Execute } from "./execute.js";
import { createNamespace, type Namespace, readSchema } from "./namespace.js";

/** Finds the schema of a store, once. */
export interface Namespaces {
  /** The store's; asks the server the first time. */
  own(execute?: Execute): Promise<Namespace>;
  /** The same, asking nobody but `execute` where it is not known yet. */
  inside(execute: Execute): Promise<Namespace>;
}

/** Where `CREATE TABLE` would create: tables are looked for only where they would be made. */
const CURRENT_SCHEMA: Prepared = {
  name: null,
  text: "select pg_catalog.current_schema()::pg_catalog.text as schema",
  parameters: [],
};

const REMEDY = "pass postgres(client, { schema })";

async function ask(execute: Execute): Promise<Namespace> {
  const [row] = await execute(CURRENT_SCHEMA, {});
  if (row === undefined || row["schema"] === null) {
    throw new TypeError(`search_path names no schema that exists: create one, or ${REMEDY}`);
  }
  const schema = stringOf(row, "schema");
  if (schema.startsWith("pg_")) {
    throw new TypeError(
      `search_path begins with ${schema}, which is no place for tables: ${REMEDY}`,
    );
  }
  return createNamespace(readSchema(schema));
}

/** With `schema` given nobody is asked. */
export function createNamespaces(schema: string | null, alone: Execute): Namespaces {
  let known = schema === null ? null : createNamespace(schema);
  let asking: Promise<Namespace> | null = null;
  return {
    async own(execute = alone) {
      if (known !== null) return known;
      asking ??= ask(execute).finally(() => {
        asking = null;
      });
      known = await asking;
      return known;
    },
    // To wait for a connection of our own here could be to wait for the caller's.
    inside: async (execute) => known ?? ask(execute),
  };
}

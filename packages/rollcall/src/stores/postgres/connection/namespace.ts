import { createHash } from "node:crypto";
import { numberParameters } from "../sql/parameters.js";
import { CHANNEL, type Prepared, SCHEMA, type Template } from "../sql/statement.js";

/** The schema that has our tables. */
export interface Namespace {
  readonly schema: string;
  /** Hints of this schema's sessions are sent here: tenants do not wake one another. */
  readonly channel: string;
  /** Names the tables by their schema, so that no `search_path` decides which are meant. */
  prepare(template: Template): Prepared;
}

/** What the server cuts a name to, without a word. */
const LONGEST_NAME = 63;

/**
 * What is filled in, and a table by its plain name. Indexes have longer names, and go where their
 * table is.
 */
const OPEN = new RegExp(`${SCHEMA}|${CHANNEL}|(?<![\\w.'"])rollcall_[a-z]+\\b`, "g");

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A name as it stands in SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Whatever `standard_conforming_strings` is. */
function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return text.includes("\\") ? `e${quoted}` : quoted;
}

export function createNamespace(schema: string): Namespace {
  const channel = `rollcall_${sha256(schema).slice(0, 16)}`;
  const kept = new Map<Template, Prepared>();
  const prepare = ({ text, isKept }: Template): Prepared => {
    // Numbered first: the name of a schema may hold anything, a colon too.
    const numbered = numberParameters(text);
    const qualified = numbered.text.replace(OPEN, (found) => {
      if (found === SCHEMA) return `${literal(schema)}::pg_catalog.text`;
      return found === CHANNEL ? literal(channel) : `${identifier(schema)}.${found}`;
    });
    // Two texts under one name are an error, and two releases of this library may share a pool.
    const name = isKept ? `rollcall_${sha256(qualified).slice(0, 20)}` : null;
    return { name, text: qualified, parameters: numbered.names };
  };
  return {
    schema,
    channel,
    prepare(template) {
      if (!template.isKept) return prepare(template);
      const known = kept.get(template) ?? prepare(template);
      kept.set(template, known);
      return known;
    },
  };
}

/** @throws TypeError for what cannot be the name of a schema of ours. */
export function readSchema(schema: unknown): string {
  if (
    typeof schema !== "string" ||
    schema === "" ||
    schema.includes("\0") ||
    !schema.isWellFormed() ||
    Buffer.byteLength(schema) > LONGEST_NAME
  ) {
    throw new TypeError(
      `schema must be the name of a schema as it is, without quotes: 1 to ${LONGEST_NAME} bytes`,
    );
  }
  if (/^pg_|^information_schema$/.test(schema)) {
    throw new TypeError(`schema: ${schema} belongs to Postgres; name one for your own tables`);
  }
  return schema;
}

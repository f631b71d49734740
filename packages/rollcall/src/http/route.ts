import type { BaseIssue, BaseSchema } from "valibot";
import type { Connection } from "./client-address.js";

/** A valibot schema of whatever. */
export type Schema = BaseSchema<unknown, unknown, BaseIssue<unknown>>;

/** A request on its way to a route. */
export interface Call {
  readonly request: Request;
  readonly connection: Connection | undefined;
  /** The path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The query; of a name that occurs twice, the first. */
  readonly query: Readonly<Record<string, string>>;
}

/** One route: what it does, and what the OpenAPI document says of it. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With `:name` for a parameter. */
  readonly path: string;
  readonly summary: string;
  /** Who may call: anybody, or whoever brings a good access token (or cookie). */
  readonly credential: "none" | "access";
  readonly query?: Schema;
  readonly body?: Schema;
  /** The success answers by status; `null`: not JSON. */
  readonly answers: Readonly<Record<number, Schema | null>>;
  /** The statuses of its errors. */
  readonly errors: readonly number[];
  handle(call: Call): Promise<Response>;
}

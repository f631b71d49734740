import type { BaseIssue, BaseSchema } from "valibot";
import type { Connection } from "./connection.js";

/** Any valibot schema. */
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

/** A success answer, as the OpenAPI document describes it. */
export interface Answer {
  readonly description: string;
  readonly schema: Schema;
  /** @default "application/json" */
  readonly mediaType?: string;
  readonly example?: unknown;
}

/** How a caller may prove a session: what else a route needs, its `handle` checks. */
export type Credential =
  /** None is needed. */
  | "none"
  /** An access token, or cookies. */
  | "access"
  /** A refresh token in the body, or the refresh cookie. */
  | "refresh"
  /** An access token, or the cookie that keeps the way back of whoever acts as a user. */
  | "actor"
  /** Any of them. */
  | "any";

/** One route: what it does, and what the OpenAPI document says of it. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With `:name` for a parameter. */
  readonly path: string;
  /** What a generated client calls it. */
  readonly operationId: string;
  readonly tag: "Sessions" | "Keys" | "Tokens" | "Devices" | "Service";
  readonly summary: string;
  readonly description: string;
  readonly credential: Credential;
  readonly query?: Schema;
  readonly body?: { readonly schema: Schema; readonly required: boolean };
  /** The success answers by status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** The statuses of its errors, beside 405 and 500. */
  readonly errors: readonly number[];
  handle(call: Call): Promise<Response>;
}

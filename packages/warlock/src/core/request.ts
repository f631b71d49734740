import { randomUUID } from "node:crypto";
import { parse } from "hono/utils/cookie";
import type { Connection } from "rollcall/http";
import { type Inputs, inputAt, readFields } from "./inputs.js";
import type { Response } from "./response.js";
import type { Sent } from "./sent.js";
import { t } from "./translate.js";

/**
 * A request on its way through middleware to its handler. Inputs are looked for among the path's
 * parameters, then in the query, then in the body.
 */
export class Request<Validated = Sent> {
  /** Whatever middleware puts here for handlers. */
  [key: string]: Sent;
  readonly web: globalThis.Request;
  readonly connection: Connection;
  /** What the client calls it, in `X-Request-Id`, or a name of its own. */
  readonly id: string;
  readonly params: Inputs;
  readonly query: Inputs;
  readonly body: Inputs;
  readonly response: Response;
  /** What middleware leaves for handlers; `user` is who is signed in, behind `authMiddleware`. */
  readonly locals: { user?: Sent; [key: string]: Sent } = {};
  /** What the access token says, behind `authMiddleware`. */
  decodedAccessToken: Sent;
  readonly t: typeof t = t;
  readonly trans: typeof t = t;
  readonly #inputs: Record<string, Sent>;
  #validated: Validated | undefined;

  constructor(
    web: globalThis.Request,
    given: {
      readonly connection: Connection;
      readonly params: Inputs;
      readonly body: Inputs;
      readonly response: Response;
    },
  ) {
    this.web = web;
    this.response = given.response;
    this.connection = given.connection;
    this.params = given.params;
    this.body = given.body;
    this.query = readFields(new URL(web.url).searchParams);
    this.#inputs = { ...this.body, ...this.query, ...this.params };
    const id = web.headers.get("x-request-id") ?? "";
    this.id = /^[!-~]{1,128}$/.test(id) ? id : randomUUID().replaceAll("-", "");
  }

  /** Itself, for handlers that take `({ request, response })`. */
  get request(): this {
    return this;
  }

  get user(): Sent {
    return this.locals.user;
  }

  set user(user: Sent) {
    this.locals.user = user;
  }

  get method(): string {
    return this.web.method;
  }

  /** With its query, as there. */
  get url(): string {
    const { pathname, search } = new URL(this.web.url);
    return pathname + search;
  }

  get path(): string {
    return this.url;
  }

  /** `user.name` reaches into what was sent, unless there is an input of that very name. */
  input(key: string, fallback?: unknown): Sent {
    const value = inputAt(this.#inputs, key);
    return value === undefined ? fallback : value;
  }

  get(key: string, fallback?: unknown): Sent {
    return this.input(key, fallback);
  }

  has(key: string): boolean {
    return this.input(key) !== undefined;
  }

  /** For what comes later in the chain. */
  set(key: string, value: unknown): this {
    this.#inputs[key] = value;
    return this;
  }

  setDefault(key: string, value: unknown): this {
    return this.has(key) ? this : this.set(key, value);
  }

  unset(...keys: readonly string[]): this {
    for (const key of keys) delete this.#inputs[key];
    return this;
  }

  all(): Record<string, Sent> {
    return { ...this.#inputs };
  }

  only(keys: readonly string[]): Record<string, Sent> {
    return pick(this.all(), (key) => keys.includes(key));
  }

  except(keys: readonly string[]): Record<string, Sent> {
    return pick(this.all(), (key) => !keys.includes(key));
  }

  /** What a validator of yours has passed to `setValidatedData`: no schema is run here. */
  validated<Output = Validated>(keys?: readonly (keyof Output | (string & {}))[]): Output {
    const all: Sent = this.#validated ?? {};
    const some: Sent = keys === undefined ? all : pick(all, (key) => keys.includes(key));
    return some;
  }

  validatedExcept(...keys: readonly string[]): Validated {
    const some: Sent = pick(this.validated<object>(), (key) => !keys.includes(key));
    return some;
  }

  setValidatedData(data: Validated): void {
    this.#validated = data;
  }

  string(key: string, fallback = ""): string {
    const value = this.input(key);
    return value === undefined || value === null ? fallback : String(value);
  }

  email(key = "email", fallback = ""): string {
    return this.string(key, fallback).toLowerCase();
  }

  number(key: string, fallback = 0): number {
    const value = Number(this.input(key, fallback));
    return Number.isNaN(value) ? fallback : value;
  }

  float(key: string, fallback = 0): number {
    return Number.parseFloat(this.string(key, String(fallback))) || 0;
  }

  int(key: string, fallback = 0): number {
    const value = Number.parseInt(this.string(key), 10);
    return Number.isNaN(value) ? fallback : value;
  }

  get idParam(): number {
    return this.int("id");
  }

  bool(key: string, fallback = false): boolean {
    const value: unknown = this.input(key, fallback);
    return value !== "false" && value !== "0" && Boolean(value);
  }

  /** `null` when it is not there, unless told otherwise. */
  header(name: string, fallback: unknown = null): Sent {
    return this.web.headers.get(name) ?? fallback;
  }

  get headers(): Record<string, string> {
    return Object.fromEntries(this.web.headers);
  }

  get cookies(): Record<string, string> {
    return parse(this.header("cookie", ""));
  }

  /** A cookie, read as JSON where it is some: `response.cookie` writes it so. */
  cookie(name: string, fallback?: unknown): Sent {
    const text = this.cookies[name];
    if (text === undefined) return fallback;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  hasCookie(name: string): boolean {
    return this.cookies[name] !== undefined;
  }

  /** The address of the connection; `""` where nothing is known of it. */
  get ip(): string {
    return this.connection.address ?? "";
  }

  detectIp(): string {
    return this.ip;
  }

  get userAgent(): string | undefined {
    return this.header("user-agent", undefined);
  }

  get origin(): string | undefined {
    return this.header("origin", undefined);
  }

  get referer(): string | undefined {
    return this.header("referer", undefined);
  }

  get authorization(): string | null {
    return this.header("authorization");
  }

  /** The token of `Authorization: Bearer` or `Key`; `""` without one. */
  get authorizationValue(): string {
    return /^(?:bearer|key) +(\S+)/i.exec(this.header("authorization", ""))?.[1] ?? "";
  }

  clearCurrentUser(): void {
    this.user = undefined;
    this.decodedAccessToken = undefined;
  }
}

function pick(of: object, isWanted: (key: string) => boolean): Record<string, Sent> {
  return Object.fromEntries(Object.entries(of).filter(([key]) => isWanted(key)));
}

import type { Connection } from "../http/client-address.js";
import type { Sent } from "./sent.js";

type Values = Readonly<Record<string, Sent>>;

/**
 * A request on its way through middleware to its handler. Inputs are looked for among the path's
 * parameters, then in the query, then in the body.
 */
export class Request<Validated = Sent> {
  /** Whatever middleware puts here for handlers. */
  [key: string]: Sent;
  readonly web: globalThis.Request;
  readonly connection: Connection;
  readonly params: Values;
  readonly query: Values;
  readonly body: Values;
  /** Who is signed in, behind `authMiddleware`. */
  user: Sent;

  constructor(
    web: globalThis.Request,
    given: { readonly connection: Connection; readonly params: Values; readonly body: Values },
  ) {
    this.web = web;
    this.connection = given.connection;
    this.params = given.params;
    this.body = given.body;
    this.query = Object.fromEntries(new URL(web.url).searchParams);
  }

  get method(): string {
    return this.web.method;
  }

  get path(): string {
    return new URL(this.web.url).pathname;
  }

  /** `user.name` reaches into what was sent, unless there is an input of that very name. */
  input(key: string, fallback?: unknown): Sent {
    const all = this.all();
    if (Object.hasOwn(all, key)) return all[key];
    let value: unknown = all;
    for (const part of key.split(".")) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
        return fallback;
      value = Reflect.get(value, part);
    }
    return value;
  }

  get(key: string, fallback?: unknown): Sent {
    return this.input(key, fallback);
  }

  has(key: string): boolean {
    return this.input(key) !== undefined;
  }

  all(): Record<string, Sent> {
    return { ...this.body, ...this.query, ...this.params };
  }

  only(keys: readonly string[]): Record<string, Sent> {
    return Object.fromEntries(Object.entries(this.all()).filter(([key]) => keys.includes(key)));
  }

  except(keys: readonly string[]): Record<string, Sent> {
    return Object.fromEntries(Object.entries(this.all()).filter(([key]) => !keys.includes(key)));
  }

  /** The inputs: a handler's own `validation.validate` has seen them by then. */
  validated(): Validated {
    const inputs: Sent = this.all();
    return inputs;
  }

  string(key: string, fallback = ""): string {
    const value = this.input(key);
    return value === undefined || value === null ? fallback : String(value);
  }

  number(key: string, fallback = 0): number {
    const value = Number.parseFloat(this.string(key));
    return Number.isNaN(value) ? fallback : value;
  }

  int(key: string, fallback = 0): number {
    return Math.trunc(this.number(key, fallback));
  }

  bool(key: string, fallback = false): boolean {
    const value = this.string(key, String(fallback));
    return value === "true" || value === "1";
  }

  header(name: string): string | undefined;
  header<Default>(name: string, fallback: Default): string | Default;
  header(name: string, fallback?: unknown): unknown {
    return this.web.headers.get(name) ?? fallback;
  }

  get headers(): Record<string, string> {
    return Object.fromEntries(this.web.headers);
  }

  get ip(): string | undefined {
    return this.connection.address;
  }

  detectIp(): string | undefined {
    return this.ip;
  }

  get userAgent(): string | undefined {
    return this.header("user-agent");
  }

  /** The token of `Authorization: Bearer` or `Key`; `""` without one. */
  get authorizationValue(): string {
    return /^(?:bearer|key) +(\S+) *$/i.exec(this.header("authorization", ""))?.[1] ?? "";
  }

  clearCurrentUser(): void {
    this.user = undefined;
  }
}

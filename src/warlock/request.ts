import type { Connection } from "../http/client-address.js";
import type { Auth } from "./auth-model.js";

/** What clients send has no type, and code written for the package relies on that. */
export type Sent = ReturnType<typeof JSON.parse>;

/** A request on its way through middleware to its handler. */
export class Request<User extends Auth = Auth> {
  readonly web: globalThis.Request;
  readonly connection: Connection;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  #user: User | null = null;

  constructor(
    web: globalThis.Request,
    given: {
      readonly connection: Connection;
      readonly params: Readonly<Record<string, string>>;
      readonly body: Readonly<Record<string, unknown>>;
    },
  ) {
    this.web = web;
    this.connection = given.connection;
    this.params = given.params;
    this.body = given.body;
    this.query = Object.fromEntries(new URL(web.url).searchParams);
  }

  /** Who is signed in. @throws TypeError on routes without `authMiddleware`. */
  get user(): User {
    if (this.#user !== null) return this.#user;
    throw new TypeError("request.user: put authMiddleware before this handler");
  }

  set user(user: User) {
    this.#user = user;
  }

  get method(): string {
    return this.web.method;
  }

  get path(): string {
    return new URL(this.web.url).pathname;
  }

  /** A path parameter, else one of the query, else a field of the body, else the default. */
  input(key: string, fallback?: unknown): Sent {
    for (const source of [this.params, this.query, this.body]) {
      if (Object.hasOwn(source, key)) return source[key];
    }
    return fallback;
  }

  header(name: string, fallback: string | null = null): string | null {
    return this.web.headers.get(name) ?? fallback;
  }

  get ip(): string | undefined {
    return this.connection.address;
  }

  get userAgent(): string | undefined {
    return this.web.headers.get("user-agent") ?? undefined;
  }

  /** The token of `Authorization: Bearer`, `""` without one. */
  get authorizationValue(): string {
    return /^bearer +(\S+) *$/i.exec(this.header("authorization") ?? "")?.[1] ?? "";
  }
}

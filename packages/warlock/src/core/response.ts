import { serialize } from "hono/utils/cookie";
import type { Sent } from "./sent.js";

/** What a cookie may be told; its life in seconds. */
export interface CookieOptions {
  readonly domain?: string;
  readonly expires?: Date;
  readonly httpOnly?: boolean;
  readonly maxAge?: number;
  readonly path?: string;
  readonly sameSite?: "lax" | "strict" | "none";
  readonly secure?: boolean;
  /** The value as it is, rather than as JSON. */
  readonly raw?: boolean;
}

/**
 * The answer to a request: each verb sets status and body, and gives it back to be returned. The
 * first one counts: what is sent afterwards changes nothing.
 */
export class Response {
  readonly #headers: Headers = new Headers();
  readonly #listeners: ((response: Response) => unknown)[] = [];
  #status = 200;
  #body: Sent;
  #isSent = false;

  /** Whether a verb has been called. */
  get isSent(): boolean {
    return this.#isSent;
  }

  get sent(): boolean {
    return this.#isSent;
  }

  get statusCode(): number {
    return this.#status;
  }

  get isOk(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  get body(): Sent {
    return this.#body;
  }

  set body(body: Sent) {
    if (!this.#isSent) this.#body = body;
  }

  /** The body as the client reads it: of JSON the value, with dates as strings. */
  get parsedBody(): Sent {
    const body: unknown = this.#body;
    if (typeof body !== "object" || body === null || body instanceof Uint8Array) return body;
    return JSON.parse(JSON.stringify(body));
  }

  setStatusCode(status: number): this {
    if (!this.#isSent) this.#status = status;
    return this;
  }

  /** A list sets the header once for each. */
  header(name: string, value: unknown): this {
    this.#headers.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) {
      this.#headers.append(name, String(one));
    }
    return this;
  }

  setHeader(name: string, value: unknown): this {
    return this.header(name, value);
  }

  headers(headers: Readonly<Record<string, unknown>>): this {
    for (const [name, value] of Object.entries(headers)) this.header(name, value);
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name) ?? undefined;
  }

  removeHeader(name: string): this {
    this.#headers.delete(name);
    return this;
  }

  get contentType(): string | undefined {
    return this.getHeader("Content-Type");
  }

  setContentType(type: string): this {
    return this.header("Content-Type", type);
  }

  /** The value as JSON, out of reach of scripts and, but for development, over TLS alone. */
  cookie(name: string, value: unknown, { raw = false, ...options }: CookieOptions = {}): this {
    const secure = process.env["NODE_ENV"] !== "development";
    const text = raw ? String(value) : JSON.stringify(value);
    const defaults = { httpOnly: true, sameSite: "lax", secure } as const;
    this.#headers.append("Set-Cookie", serialize(name, text, { ...defaults, ...options }));
    return this;
  }

  clearCookie(name: string, options: CookieOptions = {}): this {
    return this.cookie(name, "", { ...options, raw: true, maxAge: 0 });
  }

  /** Calls when the answer is made, whatever it is. */
  onSent(listener: (response: Response) => unknown): this {
    this.#listeners.push(listener);
    return this;
  }

  send(body: unknown = this.#body, status: number = this.#status): this {
    if (this.#isSent) return this;
    this.#status = status;
    this.#body = body;
    this.#isSent = true;
    return this;
  }

  text(body: string, status?: number): this {
    return this.setContentType("text/plain; charset=utf-8").send(body, status);
  }

  html(body: string, status?: number): this {
    return this.setContentType("text/html; charset=utf-8").send(body, status);
  }

  xml(body: string, status?: number): this {
    return this.setContentType("text/xml; charset=utf-8").send(body, status);
  }

  /** With the status that was set before, if one was. */
  success(body: unknown = { success: true }): this {
    return this.send(body);
  }

  successCreate(body?: unknown): this {
    return this.send(body, 201);
  }

  accepted(body: unknown = { message: "Request accepted for processing" }): this {
    return this.send(body, 202);
  }

  noContent(): this {
    return this.send(undefined, 204);
  }

  redirect(url: string, status = 302): this {
    return this.header("Location", url).send(undefined, status);
  }

  permanentRedirect(url: string): this {
    return this.redirect(url, 301);
  }

  badRequest(body?: unknown): this {
    return this.send(body, 400);
  }

  unauthorized(body: unknown = { error: "unauthorized" }): this {
    return this.send(body, 401);
  }

  forbidden(
    body: unknown = { error: "You are not allowed to access this resource, FORBIDDEN" },
  ): this {
    return this.send(body, 403);
  }

  notFound(body: unknown = { error: "notFound" }): this {
    return this.send(body, 404);
  }

  conflict(body: unknown = { error: "Resource conflict" }): this {
    return this.send(body, 409);
  }

  contentTooLarge(body?: unknown): this {
    return this.send(body, 413);
  }

  unprocessableEntity(body?: unknown): this {
    return this.send(body, 422);
  }

  tooManyRequests(body?: unknown): this {
    return this.send(body, 429);
  }

  serverError(body?: unknown): this {
    return this.send(body, 500);
  }

  serviceUnavailable(body?: unknown): this {
    return this.send(body, 503);
  }

  /**
   * For the wire: JSON with dates as ISO strings and without `undefined`; text and bytes as they
   * are. Statuses that have no body get none.
   */
  toWeb(): globalThis.Response {
    const headers = new Headers(this.#headers);
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
    const init = { status: this.#status, headers };
    const body: unknown = this.#body;
    if (body === undefined || [204, 205, 304].includes(this.#status)) {
      return new globalThis.Response(null, init);
    }
    if (typeof body === "string") return new globalThis.Response(body, init);
    if (body instanceof Uint8Array) {
      if (!headers.has("Content-Type")) headers.set("Content-Type", "application/octet-stream");
      return new globalThis.Response(new Uint8Array(body), init);
    }
    return globalThis.Response.json(body, init);
  }

  /** Tells whoever wants to know what went out. What that throws breaks nothing: the answer stands. */
  tell({ status }: globalThis.Response, onError: (error: unknown) => void): void {
    this.#status = status;
    const told = async (listener: (response: Response) => unknown): Promise<void> => {
      try {
        await listener(this);
      } catch (error) {
        onError(error);
      }
    };
    for (const listener of this.#listeners) void told(listener);
  }
}

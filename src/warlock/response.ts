import type { Sent } from "./sent.js";

/** The answer to a request: each verb sets status and body, and gives it back to be returned. */
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

  get statusCode(): number {
    return this.#status;
  }

  get isOk(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  get body(): Sent {
    return this.#body;
  }

  setStatusCode(status: number): this {
    this.#status = status;
    return this;
  }

  header(name: string, value: string): this {
    this.#headers.set(name, value);
    return this;
  }

  setHeader(name: string, value: string): this {
    return this.header(name, value);
  }

  /** Calls when the answer is made, whatever it is. */
  onSent(listener: (response: Response) => unknown): this {
    this.#listeners.push(listener);
    return this;
  }

  send(body?: unknown, status: number = this.#status): this {
    this.#status = status;
    this.#body = body;
    this.#isSent = true;
    return this;
  }

  success(body: unknown = { success: true }): this {
    return this.send(body, 200);
  }

  successCreate(body: unknown = {}): this {
    return this.send(body, 201);
  }

  accepted(body: unknown = {}): this {
    return this.send(body, 202);
  }

  noContent(): this {
    return this.send(undefined, 204);
  }

  redirect(url: string, status = 302): this {
    return this.header("Location", url).send(undefined, status);
  }

  badRequest(body: unknown = {}): this {
    return this.send(body, 400);
  }

  unauthorized(body: unknown = { error: "unauthorized" }): this {
    return this.send(body, 401);
  }

  forbidden(body: unknown = { error: "forbidden" }): this {
    return this.send(body, 403);
  }

  notFound(body: unknown = { error: "notFound" }): this {
    return this.send(body, 404);
  }

  conflict(body: unknown = { error: "conflict" }): this {
    return this.send(body, 409);
  }

  unprocessableEntity(body: unknown = {}): this {
    return this.send(body, 422);
  }

  tooManyRequests(body: unknown = {}): this {
    return this.send(body, 429);
  }

  serverError(body: unknown = {}): this {
    return this.send(body, 500);
  }

  serviceUnavailable(body: unknown = {}): this {
    return this.send(body, 503);
  }

  /** For the wire: JSON with dates as ISO strings and without `undefined`; text as it is. */
  toWeb(): globalThis.Response {
    const headers = new Headers(this.#headers);
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
    const init = { status: this.#status, headers };
    if (this.#body === undefined) return new globalThis.Response(null, init);
    if (typeof this.#body === "string") return new globalThis.Response(this.#body, init);
    return globalThis.Response.json(this.#body, init);
  }

  /** Tells whoever wants to know what went out. */
  tell({ status }: globalThis.Response): void {
    this.#status = status;
    for (const listener of this.#listeners) listener(this);
  }
}

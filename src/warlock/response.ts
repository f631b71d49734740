/** The answer to a request: each verb sets status and body, and gives it back to be returned. */
export class Response {
  /** Set beside the body. */
  readonly headers: Headers = new Headers();
  #status = 200;
  #body: unknown;
  #isSent = false;

  /** Whether a verb has been called. */
  get isSent(): boolean {
    return this.#isSent;
  }

  send(body: unknown, status = 200): this {
    this.#status = status;
    this.#body = body;
    this.#isSent = true;
    return this;
  }

  header(name: string, value: string): this {
    this.headers.set(name, value);
    return this;
  }

  success(body: unknown = {}): this {
    return this.send(body, 200);
  }

  successCreate(body: unknown = {}): this {
    return this.send(body, 201);
  }

  noContent(): this {
    return this.send(undefined, 204);
  }

  badRequest(body: unknown = {}): this {
    return this.send(body, 400);
  }

  unauthorized(body: unknown = {}): this {
    return this.send(body, 401);
  }

  forbidden(body: unknown = {}): this {
    return this.send(body, 403);
  }

  notFound(body: unknown = {}): this {
    return this.send(body, 404);
  }

  tooManyRequests(body: unknown = {}): this {
    return this.send(body, 429);
  }

  serverError(body: unknown = {}): this {
    return this.send(body, 500);
  }

  /** For the wire: JSON with dates as ISO strings and without `undefined`; text as it is. */
  toWeb(): globalThis.Response {
    const headers = new Headers(this.headers);
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
    const status = this.#status;
    if (this.#body === undefined) return new globalThis.Response(null, { status, headers });
    if (typeof this.#body === "string") {
      return new globalThis.Response(this.#body, { status, headers });
    }
    return globalThis.Response.json(this.#body, { status, headers });
  }
}

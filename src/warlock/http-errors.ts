/** Thrown by a handler, it becomes its status; the message is for the client to read. */
export class HttpError extends Error {
  override readonly name: string = "HttpError";
  readonly status: number;
  readonly payload: unknown;

  constructor(status: number, message: string, payload?: unknown) {
    super(message);
    this.status = status;
    this.payload = payload;
  }
}

export class BadRequestError extends HttpError {
  constructor(message: string, payload?: unknown) {
    super(400, message, payload);
  }
}

export class UnAuthorizedError extends HttpError {
  constructor(message: string, payload?: unknown) {
    super(401, message, payload);
  }
}

export class ForbiddenError extends HttpError {
  constructor(message: string, payload?: unknown) {
    super(403, message, payload);
  }
}

export class ResourceNotFoundError extends HttpError {
  constructor(message: string, payload?: unknown) {
    super(404, message, payload);
  }
}

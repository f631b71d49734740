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
  override readonly name = "BadRequestError";
  constructor(message: string, payload?: unknown) {
    super(400, message, payload);
  }
}

export class UnAuthorizedError extends HttpError {
  override readonly name = "UnAuthorizedError";
  constructor(message: string, payload?: unknown) {
    super(401, message, payload);
  }
}

export class ForbiddenError extends HttpError {
  override readonly name = "ForbiddenError";
  constructor(message: string, payload?: unknown) {
    super(403, message, payload);
  }
}

export class ResourceNotFoundError extends HttpError {
  override readonly name = "ResourceNotFoundError";
  constructor(message: string, payload?: unknown) {
    super(404, message, payload);
  }
}

export class NotAllowedError extends HttpError {
  override readonly name = "NotAllowedError";
  constructor(message: string, payload?: unknown) {
    super(405, message, payload);
  }
}

export class NotAcceptableError extends HttpError {
  override readonly name = "NotAcceptableError";
  constructor(message: string, payload?: unknown) {
    super(406, message, payload);
  }
}

export class ConflictError extends HttpError {
  override readonly name = "ConflictError";
  constructor(message: string, payload?: unknown) {
    super(409, message, payload);
  }
}

export class ServerError extends HttpError {
  override readonly name = "ServerError";
  constructor(message: string, payload?: unknown) {
    super(500, message, payload);
  }
}

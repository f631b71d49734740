import { SessionError } from "../model/errors.js";
import { isSessionId } from "../model/session.js";
import type { ListPage } from "../port/operations.js";

type Position = NonNullable<ListPage["after"]>;

/** Encodes the position after a session. It grants no access: lists are scoped by user. */
export function encodeCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt}.${id}`).toString("base64url");
}

/** @throws SessionError `malformed_request` when it is not one of our cursors. */
export function decodeCursor(cursor: string): Position {
  if (typeof cursor !== "string") throw foreign();
  const [createdAt, id] = Buffer.from(cursor, "base64url").toString().split(".");
  const time = Number(createdAt);
  if (id === undefined || !isSessionId(id) || !Number.isSafeInteger(time) || time < 0) {
    throw foreign();
  }
  const position = { createdAt: time, id };
  if (encodeCursor(position) !== cursor) {
    throw foreign();
  }
  return position;
}

function foreign(): SessionError {
  return new SessionError("malformed_request", {
    message: "cursor must be the nextCursor of a page",
  });
}

import { type BaseIssue, type BaseSchema, type InferOutput, safeParse } from "valibot";
import { SessionError } from "../core/model/errors.js";

/** No body of ours needs more. */
const MOST_BYTES = 16_384;

/** A body's JSON; `undefined` for an empty one. @throws SessionError `malformed_request`. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request, MOST_BYTES);
  // What JSON allows around a value, and nothing else (RFC 8259 §2).
  if (/^[ \t\r\n]*$/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw malformed("the body is not JSON");
  }
}

/** A value in the shape of a schema; the message never repeats what was sent. */
export function parse<S extends BaseSchema<unknown, unknown, BaseIssue<unknown>>>(
  schema: S,
  value: unknown,
): InferOutput<S> {
  // For what a schema has no words of its own: valibot's would quote the input, a token perhaps.
  const result = safeParse(schema, value, { message: "the request has an unexpected shape" });
  if (result.success) return result.output;
  throw malformed(result.issues[0].message);
}

function malformed(message: string): SessionError {
  return new SessionError("malformed_request", { message });
}

/** @throws SessionError `malformed_request` beyond `most` bytes, and for what is no UTF-8. */
export async function readText(request: Request, most: number): Promise<string> {
  if (request.body === null) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let text = "";
  try {
    for await (const chunk of request.body) {
      bytes += chunk.length;
      if (bytes > most) break;
      text += decoder.decode(chunk, { stream: true });
    }
    if (bytes <= most) return text + decoder.decode();
  } catch {
    throw malformed("the body is not valid UTF-8");
  }
  throw malformed(`the body must be at most ${most} bytes`);
}

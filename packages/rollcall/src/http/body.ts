import { type BaseIssue, type BaseSchema, type InferOutput, safeParse } from "valibot";
import { SessionError } from "../core/model/errors.js";

/** No request body of these routes needs more. */
const MOST_BYTES = 16_384;

/** Parses a body as JSON; `undefined` if it is empty. @throws SessionError `malformed_request`. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request, MOST_BYTES);
  // JSON allows only this white space around a value (RFC 8259 §2).
  if (/^[ \t\r\n]*$/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw malformed("the body is not JSON");
  }
}

/** Checks a value against a schema. The error message never repeats the input. */
export function parse<S extends BaseSchema<unknown, unknown, BaseIssue<unknown>>>(
  schema: S,
  value: unknown,
): InferOutput<S> {
  // The default, since valibot's own messages would quote the input, which may be a token.
  const result = safeParse(schema, value, { message: "the request has an unexpected shape" });
  if (result.success) return result.output;
  throw malformed(result.issues[0].message);
}

function malformed(message: string): SessionError {
  return new SessionError("malformed_request", { message });
}

/** @throws SessionError `malformed_request` if it has more than `most` bytes or is not UTF-8. */
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

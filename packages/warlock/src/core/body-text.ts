import { SessionError } from "rollcall";

/** @throws SessionError `malformed_request` beyond `most` bytes, and for what is no UTF-8. */
export async function readText(request: Request, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > most) throw malformed(`the body must be at most ${most} bytes`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw malformed("the body is not valid UTF-8");
  }
}

function malformed(message: string): SessionError {
  return new SessionError("malformed_request", { message });
}

import { SessionError } from "rollcall";
import type { Http } from "rollcall/http";
import { readText } from "./body-text.js";
import { HttpError } from "./http-errors.js";
import { type Inputs, readFields, readJsonInputs } from "./inputs.js";
import type { Request } from "./request.js";
import { Response } from "./response.js";
import type { RequestHandler } from "./route.js";

/** Middleware, validators and the handler, until one answers; what they throw is answered, too. */
export async function answerTo(
  steps: readonly RequestHandler[],
  request: Request,
  response: Response,
  http: Http,
): Promise<globalThis.Response> {
  let answer: globalThis.Response | Response = response;
  try {
    answer = await run(steps, request, response);
  } catch (error) {
    if (error instanceof HttpError) response.send(bodyOf(error), error.status);
    else {
      const failure = http.errorResponse(error);
      // What was sent before it failed went out there already.
      if (!response.isSent) return failure;
    }
  }
  try {
    return answer instanceof Response ? answer.toWeb() : answer;
  } catch (error) {
    return http.errorResponse(error);
  }
}

async function run(
  steps: readonly RequestHandler[],
  request: Request,
  response: Response,
): Promise<globalThis.Response | Response> {
  for (const step of steps) {
    const answer = await step(request, response);
    if (response.isSent) return response;
    if (answer instanceof globalThis.Response || answer instanceof Response) return answer;
    if (answer !== undefined) return response.send(answer);
  }
  return response.noContent();
}

function bodyOf({ message, payload }: HttpError): object {
  return payload ? { error: message, payload } : { error: message };
}

/** No body of a form or a JSON call needs more. */
const MOST_BYTES = 1_048_576;

/** The fields of a JSON or form body; none of anything else. @throws SessionError `malformed_request`. */
export async function readBody(request: globalThis.Request): Promise<Inputs> {
  if (request.body === null) return {};
  const text = await readText(request, MOST_BYTES);
  const type = request.headers.get("content-type") ?? "";
  if (/urlencoded/.test(type)) return readFields(new URLSearchParams(text));
  if (text.trim() === "" || !/json|^$|plain/.test(type)) return {};
  const inputs = readJsonInputs(text);
  if (inputs !== null) return inputs;
  throw new SessionError("malformed_request", { message: "the body is not JSON" });
}

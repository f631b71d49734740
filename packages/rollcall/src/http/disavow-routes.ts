import { SessionError } from "../core/model/errors.js";
import { parse } from "./body.js";
import { requireIntent } from "./cross-site.js";
import { disavowPath } from "./disavow-link.js";
import { disavowPage } from "./disavow-page.js";
import { disavowQuery, pageAnswer } from "./disavow-schema.js";
import type { HttpSettings } from "./options.js";
import { errorResponse, json, seeOther } from "./respond.js";
import type { Call, Route } from "./route.js";
import { revokedAnswer } from "./schema.js";

const INVALID = "the link is not genuine, or has expired";

/**
 * "This wasn't me", from a mail (contract §1.21). The token is all the proof: no session is needed, and
 * cookies count for nothing, so another site gains nothing by sending either request.
 */
export function disavowRoutes(settings: HttpSettings): readonly Route[] {
  const { sessions, disavow } = settings;
  if (disavow === null) return [];
  const path = disavowPath(settings);
  const tokenOf = ({ query }: Call): string => parse(disavowQuery, query).token;

  const act = async (call: Call): Promise<Response> => {
    requireIntent(call.request, "signOut");
    const revoked = await sessions.devices.disavow(tokenOf(call));
    if (!isPerson(call)) return json({ message: "That device is signed out", revoked });
    if (disavow.page === null) return disavowPage(call.request, { kind: "ended", revoked });
    return seeOther(`${disavow.page}?revoked=${revoked}`);
  };

  return [
    {
      method: "GET",
      path,
      operationId: "askWhetherItWasYou",
      tag: "Devices",
      summary: 'Show the page "This wasn\'t me"',
      description:
        "For the link in a mail about a new device. It changes nothing and asks no database, since mail " +
        "scanners open links.",
      credential: "none",
      query: disavowQuery,
      answers: {
        200: {
          description: "A page with a button that sends the POST",
          mediaType: "text/html",
          schema: pageAnswer,
        },
      },
      errors: [400],
      handle: (call) =>
        forPeople(call, async () => {
          const token = tokenOf(call);
          if (sessions.devices.verifyDisavowal(token) === null) {
            throw new SessionError("malformed_request", { message: INVALID });
          }
          return disavowPage(call.request, { kind: "asking", action: `${path}?token=${token}` });
        }),
    },
    {
      method: "POST",
      path,
      operationId: "disavowSignIn",
      tag: "Devices",
      summary: "Sign out a device that was not yours",
      description:
        "Ends the session of the link and every younger one of its device. A second time it ends nothing. " +
        "A browser that shows pages gets one, or a 303 to yours.",
      credential: "none",
      query: disavowQuery,
      answers: {
        200: {
          description: "The device is signed out",
          schema: revokedAnswer,
          example: { message: "That device is signed out", revoked: 1 },
        },
      },
      errors: [400, 403, 503],
      handle: (call) => forPeople(call, () => act(call)),
    },
  ];
}

/** Whether the response will be shown as a page. */
function isPerson({ request }: Call): boolean {
  return /\btext\/html\b/i.test(request.headers.get("accept") ?? "");
}

/** Errors as a page where a person reads them. */
async function forPeople(call: Call, answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof SessionError) || !isPerson(call)) throw error;
    const { status, headers } = errorResponse(error);
    const kind = error.code === "malformed_request" ? "invalid" : "unavailable";
    return disavowPage(call.request, { kind }, status, headers);
  }
}

import { createServer } from "node:http";
import { createRequire } from "node:module";
import express5 from "express";
import { principalOf, rollcall } from "rollcall/express";
import { createHttp } from "rollcall/http";
import { listen } from "../support/listen.js";
import {
  FRESH,
  fault,
  GUARDED_HEADERS,
  INBOX,
  isGuardedFirst,
  LINKED,
  laterFault,
  optional,
  readLogin,
  readStepUp,
  refusal,
  surely,
  UNSENT_HEADERS,
} from "./application.js";
import { type AdapterHarness, CUSTOMER, type HarnessOptions } from "./harness.js";

const PARSER_ANSWERS = "express.json() stands first and refuses it itself";

/** By its name alone, so with the types of version 5: they differ in nothing that is used here. */
const express4: typeof express5 = createRequire(import.meta.url)("express4");

/** Express has no HTTP/2. */
function harness(express: typeof express5, version: number, parserFirst: boolean): AdapterHarness {
  return {
    name: `express ${version}, its body parser ${parserFirst ? "first" : "behind the routes"}`,
    protocols: ["http/1.1"],
    skips: parserFirst
      ? {
          "a body that is no JSON is EC008 on Rollcall's routes": PARSER_ANSWERS,
          "a body beyond the limit is EC008 on Rollcall's routes": PARSER_ANSWERS,
          "a body that nobody reads harms nobody": PARSER_ANSWERS,
        }
      : {},
    start: async ({ protocol: _, ...options }) =>
      await listen(createServer(application(express, parserFirst, options))),
  };
}

export const expressHarnesses: readonly AdapterHarness[] = [
  harness(express5, 5, true),
  harness(express5, 5, false),
  harness(express4, 4, true),
  harness(express4, 4, false),
];

function application(
  express: typeof express5,
  parserFirst: boolean,
  {
    proxies = 0,
    prefix = "",
    guardFirst = false,
    letTimePass = () => {},
    ...options
  }: Omit<HarnessOptions, "protocol">,
): express5.Express {
  const auth = rollcall(createHttp(options));
  const app = express();
  // Keeps Express's own error handler from writing to the console.
  app.set("env", "test");
  app.set("trust proxy", proxies);
  if (parserFirst) app.use(express.json());
  const guarded = auth.guard();
  app.use((request, response, next) => {
    if (guardFirst && isGuardedFirst(request.path)) guarded(request, response, next);
    else next();
  });
  app.use(prefix, auth.routes());
  if (!parserFirst) app.use(express.json());
  app.post("/auth/login", (request, response, next) => {
    const { user, terms } = readLogin(request.body);
    auth.signIn(request, response, user, terms).then(({ body }) => {
      response.json(body);
    }, next);
  });
  app.get("/guarded", auth.guard(), (request, response) => {
    const { user, sessionId } = principalOf(request);
    response.set(GUARDED_HEADERS).json({ user, sessionId });
  });
  app.get("/admins", auth.guard({ types: ["admin"] }), (request, response) => {
    response.json({ user: principalOf(request).user });
  });
  app.get("/fresh", auth.guard(FRESH), (_request, response) => {
    response.json({});
  });
  app.get("/sure", auth.guard(surely(options.sessions)), (_request, response) => {
    response.json({});
  });
  app.post("/step-up", auth.guard(), (request, response, next) => {
    auth.reauthenticate(request, response, readStepUp(request.body)).then(({ body }) => {
      response.json(body);
    }, next);
  });
  app.get("/twice", auth.guard(), auth.guard(), (_request, response) => {
    response.json({});
  });
  app.post("/echo", auth.guard(), (request, response) => {
    response.json(request.body);
  });
  app.get("/optional", (request, response, next) => {
    const user = auth.session(request, response);
    const admin = auth.session(request, response, { types: ["admin"] });
    Promise.all([user, admin]).then((found) => response.json(optional(...found)), next);
  });
  app.all("/inbox", auth.guard(INBOX), (request, response) => {
    response.json({ user: principalOf(request).user });
  });
  app.get("/late", auth.guard(), (_request, response) => {
    letTimePass();
    response.json({});
  });
  app.get("/refuses", auth.guard(), (_request, response) => {
    response.set(UNSENT_HEADERS);
    throw refusal();
  });
  const signOut: express5.RequestHandler = (request, response, next) => {
    auth.signOut(request, response).then(() => response.json({}), next);
  };
  app.post("/sign-out", signOut);
  app.get("/sign-out", signOut);
  app.get("/sign-in", (request, response, next) => {
    auth.signIn(request, response, LINKED.user, LINKED.terms).then(() => response.end(), next);
  });
  app.post("/act", auth.guard(), (request, response, next) => {
    auth.actAs(request, response, CUSTOMER).then(({ body }) => response.json(body), next);
  });
  app.post("/sign-out/guarded", auth.guard(), signOut);
  app.get("/open", (_request, response) => {
    response.json({ open: true });
  });
  app.get("/throws", () => {
    throw fault();
  });
  app.get("/rejects", (_request, _response, next) => {
    laterFault().catch(next);
  });
  app.use(auth.errors());
  return app;
}

import {
  type FastifyInstance,
  fastify,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerBase,
} from "fastify";
import { rollcall } from "rollcall/fastify";
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

export const fastifyHarness: AdapterHarness = {
  name: "fastify",
  protocols: ["http/1.1", "h2"],
  async start({ protocol, proxies = 0, ...options }) {
    const terms = { trustProxy: (_address: string, hop: number) => hop < proxies };
    if (protocol === "h2") {
      const app = fastify({ http2: true, ...terms });
      await addRoutes(app, options);
      return await listen(app.server);
    }
    const app = fastify(terms);
    await addRoutes(app, options);
    return await listen(app.server);
  },
};

async function addRoutes<
  Server extends RawServerBase,
  Request extends RawRequestDefaultExpression<Server>,
  Reply extends RawReplyDefaultExpression<Server>,
>(
  app: FastifyInstance<Server, Request, Reply>,
  {
    prefix = "",
    guardFirst = false,
    letTimePass = () => {},
    ...options
  }: Omit<HarnessOptions, "protocol" | "proxies">,
): Promise<void> {
  app.addHook("onRequest", (request, reply, done) => {
    if (guardFirst && isGuardedFirst(request.url)) app.rollcall.guard()(request, reply, done);
    else done();
  });
  await app.register(rollcall, { http: createHttp(options), prefix });
  app.setErrorHandler(app.rollcall.errors);
  app.post("/auth/login", async (request, reply) => {
    const { user, terms } = readLogin(request.body);
    return (await app.rollcall.signIn(request, reply, user, terms)).body;
  });
  app.get("/guarded", { onRequest: app.rollcall.guard() }, async (request, reply) => {
    const { user, sessionId } = request.principal;
    reply.headers(GUARDED_HEADERS);
    return { user, sessionId };
  });
  app.get("/admins", { onRequest: app.rollcall.guard({ types: ["admin"] }) }, async (request) => ({
    user: request.principal.user,
  }));
  app.get("/fresh", { onRequest: app.rollcall.guard(FRESH) }, async () => ({}));
  const sure = app.rollcall.guard(surely(options.sessions));
  app.get("/sure", { onRequest: sure }, async () => ({}));
  app.post("/step-up", { onRequest: app.rollcall.guard() }, async (request, reply) => {
    return (await app.rollcall.reauthenticate(request, reply, readStepUp(request.body))).body;
  });
  const guards = [app.rollcall.guard(), app.rollcall.guard()];
  app.get("/twice", { onRequest: guards }, async () => ({}));
  app.post("/echo", { onRequest: app.rollcall.guard() }, async (request) => request.body);
  app.get("/optional", async (request, reply) => {
    const user = await app.rollcall.session(request, reply);
    return optional(user, await app.rollcall.session(request, reply, { types: ["admin"] }));
  });
  app.all("/inbox", { onRequest: app.rollcall.guard(INBOX) }, async (request) => ({
    user: request.principal.user,
  }));
  app.get("/late", { onRequest: app.rollcall.guard() }, async () => {
    letTimePass();
    return {};
  });
  app.get("/refuses", { onRequest: app.rollcall.guard() }, (_request, reply) => {
    reply.headers(UNSENT_HEADERS);
    throw refusal();
  });
  app.route({
    method: ["GET", "POST"],
    url: "/sign-out",
    async handler(request, reply) {
      await app.rollcall.signOut(request, reply);
      return {};
    },
  });
  app.get("/sign-in", async (request, reply) => {
    return (await app.rollcall.signIn(request, reply, LINKED.user, LINKED.terms)).body;
  });
  app.post("/act", { onRequest: app.rollcall.guard() }, async (request, reply) => {
    return (await app.rollcall.actAs(request, reply, CUSTOMER)).body;
  });
  app.post("/sign-out/guarded", { onRequest: app.rollcall.guard() }, async (request, reply) => {
    await app.rollcall.signOut(request, reply);
    return {};
  });
  app.get("/open", () => ({ open: true }));
  app.get("/throws", () => {
    throw fault();
  });
  app.get("/rejects", laterFault);
  await app.ready();
}

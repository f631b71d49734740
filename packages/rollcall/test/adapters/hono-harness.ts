import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { rollcall } from "rollcall/hono";
import { createHttp } from "rollcall/http";
import { listen } from "../support/listen.js";
import {
  FRESH,
  fault,
  GUARDED_HEADERS,
  INBOX,
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

export const honoHarness: AdapterHarness = {
  name: "hono",
  protocols: ["http/1.1", "h2"],
  async start({ protocol, ...options }) {
    const handler = getRequestListener(application(options).fetch);
    return await listen(protocol === "h2" ? createHttp2Server(handler) : createServer(handler));
  },
};

function application({
  proxies = 0,
  prefix = "",
  guardFirst = false,
  letTimePass = () => {},
  ...options
}: Omit<HarnessOptions, "protocol">): Hono {
  // Hono says nothing of proxies, and gives a middleware the whole path wherever it stands.
  const http = createHttp({
    ...options,
    trustedProxies: proxies,
    paths: { account: `${prefix}/account`, auth: `${prefix}/auth` },
  });
  const auth = rollcall(http);
  const app = new Hono();
  app.onError(auth.errors);
  app.use(async (c, next) => {
    if (c.req.header("Content-Type") === "application/json") await c.req.json().catch(() => null);
    await next();
  });
  if (guardFirst) {
    app.use("/account/*", auth.guard());
    app.use("/auth/logout", auth.guard());
  }
  app.use(auth.routes());
  app.post("/auth/login", async (c) => {
    const { user, terms } = readLogin(await c.req.json());
    return c.json((await auth.signIn(c, user, terms)).body);
  });
  app.get("/guarded", auth.guard(), (c) => {
    const { user, sessionId } = c.get("principal");
    return c.json({ user, sessionId }, 200, GUARDED_HEADERS);
  });
  app.get("/admins", auth.guard({ types: ["admin"] }), (c) =>
    c.json({ user: c.get("principal").user }),
  );
  app.get("/fresh", auth.guard(FRESH), (c) => c.json({}));
  app.get("/sure", auth.guard(surely(options.sessions)), (c) => c.json({}));
  app.post("/step-up", auth.guard(), async (c) => {
    return c.json((await auth.reauthenticate(c, readStepUp(await c.req.json()))).body);
  });
  app.get("/twice", auth.guard(), auth.guard(), (c) => c.json({}));
  app.post("/echo", auth.guard(), async (c) => c.json(await c.req.json()));
  app.get("/optional", async (c) => {
    const user = await auth.session(c);
    return c.json(optional(user, await auth.session(c, { types: ["admin"] })));
  });
  app.all("/inbox", auth.guard(INBOX), (c) => c.json({ user: c.get("principal").user }));
  app.get("/late", auth.guard(), (c) => {
    letTimePass();
    return c.json({});
  });
  app.get("/refuses", auth.guard(), (c) => {
    for (const [name, value] of Object.entries(UNSENT_HEADERS)) c.header(name, value);
    throw refusal();
  });
  app.on(["GET", "POST"], "/sign-out", async (c) => {
    await auth.signOut(c);
    return c.json({});
  });
  app.get("/sign-in", async (c) => {
    return c.json((await auth.signIn(c, LINKED.user, LINKED.terms)).body);
  });
  app.post("/act", auth.guard(), async (c) => c.json((await auth.actAs(c, CUSTOMER)).body));
  app.post("/sign-out/guarded", auth.guard(), async (c) => {
    await auth.signOut(c);
    return c.json({});
  });
  app.get("/open", (c) => c.json({ open: true }));
  app.get("/throws", () => {
    throw fault();
  });
  app.get("/rejects", laterFault);
  return app;
}

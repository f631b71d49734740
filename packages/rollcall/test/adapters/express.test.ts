import { createServer, IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { createGzip } from "node:zlib";
import express, { type ErrorRequestHandler, type RequestHandler } from "express";
import onHeaders from "on-headers";
import { SessionError } from "rollcall";
import { principalOf, rollcall } from "rollcall/express";
import { expect, onTestFinished, test } from "vitest";
import { ORIGIN, openApp } from "../http/app.js";
import { listen } from "../support/listen.js";
import { user } from "../support/sessions.js";
import { testContract } from "./contract.js";
import { expressHarnesses } from "./express-harness.js";

for (const harness of expressHarnesses) testContract(harness);

test("who is on a route without a guard is a mistake that is named", () => {
  const request = new IncomingMessage(new Socket());
  expect(() => principalOf(request)).toThrow(TypeError);
  expect(() => principalOf(request)).toThrow(
    /put auth\.guard\(\) before .* do not replace response\.locals/,
  );
});

async function start(app: express.Express): Promise<string> {
  app.set("env", "test");
  const { url, close } = await listen(createServer(app));
  onTestFinished(close);
  return url;
}

/** As middlewares that compress do it: what they may transform waits until there is enough of it. */
const compress: RequestHandler = (_request, response, next) => {
  const write = response.write.bind(response);
  onHeaders(response, () => {
    if (/\bno-transform\b/.test(String(response.getHeader("Cache-Control")))) return;
    const gzip = createGzip().on("data", write);
    response.setHeader("Content-Encoding", "gzip");
    response.write = (chunk: unknown) => gzip.write(chunk);
  });
  next();
};

test("an event stream is not held back by a middleware that compresses", async () => {
  const { http, signIn } = openApp();
  const app = express();
  app.use(compress, rollcall(http).routes());
  const url = await start(app);
  const { accessToken } = await signIn(user);
  const headers = { Authorization: `Bearer ${accessToken.token}` };
  const stream = await fetch(`${url}/account/sessions/events`, { headers });
  const first = await stream.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toBe(":\n\n");
});

/** Parsers that an application may have first, the last as people write it who check signatures. */
const PARSERS: Readonly<Record<string, RequestHandler>> = {
  "express.text": express.text({ type: "*/*" }),
  "express.raw": express.raw({ type: "*/*" }),
  "express.json that keeps a text": express.json({
    verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes.toString() }),
  }),
  "express.json that keeps the bytes": express.json({
    verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes }),
  }),
};

test.each(Object.entries(PARSERS))(
  "a body that %s has read reaches Rollcall",
  async (_, parser) => {
    const { http, signIn } = openApp();
    const app = express();
    app.use(parser, rollcall(http).routes());
    const url = await start(app);
    const { refreshToken } = await signIn(user);
    const answer = await fetch(`${url}/auth/refresh`, {
      method: "POST",
      body: JSON.stringify({ refreshToken: refreshToken.token }),
      headers: { "Content-Type": "application/json" },
    });
    expect(answer.status, await answer.text()).toBe(200);
  },
);

test("an error after the answer has begun is Express's, which cuts it", async () => {
  const auth = rollcall(openApp().http);
  const app = express();
  const told: unknown[] = [];
  app.get("/", (_request, response) => {
    response.write("half of ");
    throw new SessionError("reauthentication_required");
  });
  app.use(auth.errors());
  const tell: ErrorRequestHandler = (error, _request, _response, next) => {
    told.push(error);
    next(error);
  };
  app.use(tell);
  const url = await start(app);
  await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
  expect(told).toEqual([expect.objectContaining({ code: "reauthentication_required" })]);
});

test("where nobody answers a refusal, Express itself sends the headers that belong to it", async () => {
  const auth = rollcall(openApp().http);
  const app = express();
  app.get("/me", auth.guard(), (_request, response) => void response.json({}));
  const url = await start(app);
  const refused = await fetch(`${url}/me`, { headers: { Authorization: "Bearer x.y.z" } });
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
  expect(refused.headers.get("cache-control")).toBe("no-store");
});

test("two of them in one application: the cookies of both go out", async () => {
  const shop = openApp({ cookies: { prefix: "shop" }, origin: ORIGIN });
  const admin = openApp({ cookies: { prefix: "admin" }, origin: ORIGIN });
  const [first, second] = [rollcall(shop.http), rollcall(admin.http)];
  const app = express();
  app.use(first.guard());
  app.get("/both", second.guard(), (_request, response) => {
    response.json({});
  });
  app.post("/leave", (request, response, next) => {
    second.signOut(request, response).then(() => response.json({}), next);
  });
  const url = await start(app);
  const send = async (method: string, path: string): Promise<(string | undefined)[]> => {
    const tokens = [await shop.signIn(user), await admin.signIn(user)];
    const [one, two] = tokens.map(({ refreshToken }) => refreshToken.token);
    const Cookie = `__Host-shop-rt=${one}; __Host-admin-rt=${two}`;
    const { headers } = await fetch(url + path, { method, headers: { Cookie, Origin: ORIGIN } });
    return headers.getSetCookie().map((line) => line.split("=")[0]);
  };
  const names = ["__Host-admin-at", "__Host-admin-rt", "__Host-shop-at", "__Host-shop-rt"];
  expect((await send("GET", "/both")).toSorted()).toEqual(names);
  expect((await send("POST", "/leave")).toSorted()).toEqual(names);
});

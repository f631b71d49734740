import { request as httpRequest } from "node:http";
import { memory } from "rollcall/memory";
import { expect, onTestFinished, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import {
  BadRequestError,
  ConflictError,
  createWarlockApp,
  ForbiddenError,
  HttpError,
  NotAcceptableError,
  NotAllowedError,
  type RequestHandler,
  ResourceNotFoundError,
  router,
  ServerError,
  UnAuthorizedError,
  type WarlockApp,
} from "../src/index.js";

const failures: unknown[] = [];

function open(): WarlockApp {
  const onError = (error: unknown): void => void failures.push(error);
  const app = createWarlockApp({ auth: { userType: {} }, store: memory(), secret, onError });
  onTestFinished(() => app.close());
  failures.length = 0;
  return app;
}

let registered = 0;

async function answerOf(handler: RequestHandler): Promise<Response> {
  registered += 1;
  router.get(`/answers/${registered}`, handler);
  return await open().fetch(new Request(`http://app.example/answers/${registered}`));
}

async function shown(handler: RequestHandler): Promise<[number, string]> {
  const answer = await answerOf(handler);
  return [answer.status, await answer.text()];
}

test("the first answer counts, whatever is sent, set, returned or thrown after it", async () => {
  const refused = [403, '{"no":1}'];
  expect(
    await shown((_request, response) => {
      response.forbidden({ no: 1 });
      response.setStatusCode(200);
      response.body = { secret: 1 };
      return response.success({ secret: 1 });
    }),
  ).toEqual(refused);
  const sendAnd = (then: () => unknown): RequestHandler => {
    return (_request, response) => {
      response.forbidden({ no: 1 });
      return then();
    };
  };
  expect(await shown(sendAnd(() => ({ secret: 1 })))).toEqual(refused);
  expect(await shown(sendAnd(() => undefined))).toEqual(refused);
  const failure = new Error("later");
  const fail = (): never => {
    throw failure;
  };
  expect(await shown(sendAnd(fail))).toEqual(refused);
  expect(failures).toEqual([failure]);
});

test("success keeps the status that was set before, and others have their own", async () => {
  expect(await shown((_request, response) => response.setStatusCode(202).success({}))).toEqual([
    202,
    "{}",
  ]);
  for (const [status, handler] of [
    [200, (_request, response) => response.success({})],
    [201, (_request, response) => response.setStatusCode(202).successCreate({})],
    [202, (_request, response) => response.accepted({})],
    [400, (_request, response) => response.badRequest({})],
    [401, (_request, response) => response.unauthorized({})],
    [403, (_request, response) => response.forbidden({})],
    [404, (_request, response) => response.notFound({})],
    [409, (_request, response) => response.conflict({})],
    [413, (_request, response) => response.contentTooLarge({})],
    [422, (_request, response) => response.unprocessableEntity({})],
    [429, (_request, response) => response.tooManyRequests({})],
    [500, (_request, response) => response.serverError({})],
    [503, (_request, response) => response.serviceUnavailable({})],
  ] satisfies [number, RequestHandler][]) {
    expect(await shown(handler)).toEqual([status, "{}"]);
  }
});

test("what is said when nothing is said", async () => {
  const texts: string[] = [];
  for (const verb of ["success", "accepted", "unauthorized", "forbidden", "notFound", "conflict"]) {
    texts.push(
      (await shown((_request, response) => Reflect.get(response, verb).call(response)))[1],
    );
  }
  expect(texts.map((text) => JSON.parse(text))).toEqual([
    { success: true },
    { message: "Request accepted for processing" },
    { error: "unauthorized" },
    { error: "You are not allowed to access this resource, FORBIDDEN" },
    { error: "notFound" },
    { error: "Resource conflict" },
  ]);
  expect(await shown((_request, response) => response.badRequest())).toEqual([400, ""]);
});

test("an error for the client becomes its status, with its payload apart", async () => {
  for (const [status, error] of [
    [400, new BadRequestError("m", { a: 1 })],
    [401, new UnAuthorizedError("m", { a: 1 })],
    [403, new ForbiddenError("m", { a: 1 })],
    [404, new ResourceNotFoundError("m", { a: 1 })],
    [405, new NotAllowedError("m", { a: 1 })],
    [406, new NotAcceptableError("m", { a: 1 })],
    [409, new ConflictError("m", { a: 1 })],
    [500, new ServerError("m", { a: 1 })],
    [418, new HttpError(418, "m", { a: 1 })],
  ] as const) {
    const answer = shown(() => {
      throw error;
    });
    expect(await answer).toEqual([status, '{"error":"m","payload":{"a":1}}']);
    expect(error.name).toBe(error.constructor.name);
  }
  const plain = shown(() => {
    throw new ForbiddenError("m");
  });
  expect(await plain).toEqual([403, '{"error":"m"}']);
});

test("whatever else is thrown is a 500 that tells nothing, and is told to onError", async () => {
  const error = new Error("secret detail");
  const answer = await shown(() => {
    throw error;
  });
  expect(answer).toEqual([500, '{"error":"Internal error","errorCode":"EC000"}']);
  expect(failures).toEqual([error]);
  // What cannot be written as JSON, too.
  expect((await shown((_request, response) => response.success({ n: 1n })))[0]).toBe(500);
  expect(failures).toHaveLength(1);
});

test("a listener of what was sent breaks nothing, and keeps nothing from the next", async () => {
  const heard: number[] = [];
  const [status] = await shown((_request, response) => {
    response.onSent(() => {
      throw new Error("at once");
    });
    response.onSent(() => Promise.reject(new Error("later")));
    response.onSent(({ statusCode }) => heard.push(statusCode));
    return response.success();
  });
  expect([status, heard]).toEqual([200, [200]]);
  expect(failures).toEqual([new Error("at once"), new Error("later")]);
});

test("text, markup, bytes, headers and cookies go out as they are", async () => {
  const html = await answerOf((_request, response) =>
    response
      .headers({ "X-Total-Count": 3 })
      .header("X-List", ["a", "b"])
      .header("X-List", ["c", "d"])
      .cookie("seen", { n: 1 }, { path: "/" })
      .clearCookie("old")
      .html("<p>", 203),
  );
  expect([html.status, await html.text()]).toEqual([203, "<p>"]);
  expect(html.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect([html.headers.get("x-total-count"), html.headers.get("x-list")]).toEqual(["3", "c, d"]);
  expect(html.headers.getSetCookie()).toEqual([
    "seen=%7B%22n%22%3A1%7D; Path=/; HttpOnly; Secure; SameSite=Lax",
    "old=; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
  ]);
  expect(await shown((_request, response) => response.text("plain"))).toEqual([200, "plain"]);
  const bytes = await answerOf((_request, response) => response.success(Buffer.from([1, 2, 255])));
  expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([1, 2, 255]);
  expect(bytes.headers.get("content-type")).toBe("application/octet-stream");
  expect(await shown((_request, response) => response.send({ a: 1 }, 204))).toEqual([204, ""]);
  const moved = await answerOf((_request, response) => response.permanentRedirect("/there"));
  expect([moved.status, moved.headers.get("location")]).toEqual([301, "/there"]);
});

test("every answer names its request", async () => {
  const answer = await answerOf((request) => ({ id: request.id }));
  expect(await answer.json()).toEqual({ id: answer.headers.get("x-request-id") });
});

test("whoever keeps back half a request does not keep the application open", async () => {
  router.post("/half", () => ({}));
  const app = open();
  const port = await app.listen();
  const headers = { "Content-Length": "10", Expect: "100-continue" };
  const client = httpRequest({ port, host: "127.0.0.1", path: "/half", method: "POST", headers });
  const cut = new Promise((resolve) => client.once("error", resolve));
  // The server has it then, and waits for the rest.
  await new Promise((resolve) => client.once("continue", resolve).flushHeaders());
  client.write("{");
  await app.close();
  expect(await cut).toMatchObject({ code: "ECONNRESET" });
});

test("after a body that is too long the connection is not used again", async () => {
  router.post("/long", () => ({}));
  const port = await open().listen();
  const body = "x".repeat(1_048_577);
  const answer = await fetch(`http://127.0.0.1:${port}/long`, { method: "POST", body });
  expect([answer.status, answer.headers.get("connection")]).toEqual([400, "close"]);
  await answer.text();
});

test("a port that is taken is told, and a free one is given", async () => {
  const port = await open().listen();
  expect(port).toBeGreaterThan(0);
  expect((await fetch(`http://127.0.0.1:${port}/nowhere`)).status).toBe(404);
  await expect(open().listen(port)).rejects.toThrow("EADDRINUSE");
});

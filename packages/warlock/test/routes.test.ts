import { memory } from "rollcall/memory";
import { afterAll, expect, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import { createWarlockApp, type Middleware, type RequestHandler, router } from "../src/index.js";

const app = createWarlockApp({ auth: { userType: {} }, store: memory(), secret });

afterAll(() => app.close());

async function ask(method: string, path: string, body?: object): Promise<[number, unknown]> {
  const answer = await app.fetch(
    new Request(`http://app.example${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await answer.text();
  return [answer.status, text === "" ? null : JSON.parse(text)];
}

const say =
  (said: string): RequestHandler =>
  (request) => ({ said, ...request.params });

test("a written part of a path goes before a parameter, and that before *", async () => {
  router.any("/order/*", say("rest"));
  router.get("/order/:id", say("parameter"));
  router.get("/order/:id/items", say("items"));
  router.get("/order/last", say("static"));
  router.get("/order/last", say("too late"));
  router.get("/order", say("list"));
  expect(await ask("GET", "/order/last")).toEqual([200, { said: "static" }]);
  expect(await ask("GET", "/order/7")).toEqual([200, { said: "parameter", id: "7" }]);
  expect(await ask("GET", "/order/last/items")).toEqual([200, { said: "items", id: "last" }]);
  expect(await ask("GET", "/order")).toEqual([200, { said: "list" }]);
  expect((await ask("GET", "/order/7/other"))[1]).toMatchObject({ said: "rest" });
  expect((await ask("DELETE", "/order/7"))[1]).toMatchObject({ said: "rest" });
});

class Notes {
  private readonly prefix = "note ";
  create(request: Parameters<RequestHandler>[0]): object {
    return { made: this.prefix + request.string("name") };
  }
  createValidate(
    request: Parameters<RequestHandler>[0],
    response: Parameters<RequestHandler>[1],
  ): unknown {
    if (request.has("name")) return false;
    return response.badRequest({ error: `${this.prefix}needs a name` });
  }
  update(): object {
    return {};
  }
  updateValidationSchema(): object {
    return {};
  }
}

test("a controller's validator runs before its method, and a schema is refused", async () => {
  router.post("/notes", [new Notes(), "create"]);
  expect(await ask("POST", "/notes", {})).toEqual([400, { error: "note needs a name" }]);
  // Whatever a validator returns that is not true lets pass.
  expect(await ask("POST", "/notes", { name: "a" })).toEqual([200, { made: "note a" }]);
  expect(() => router.put("/notes", [new Notes(), "update"])).toThrow("updateValidationSchema");
  expect(() => router.put("/notes", [new Notes(), "remove"])).toThrow("no method remove");
});

test("a handler's validator runs also when it was given later", async () => {
  const handler: RequestHandler = () => ({ reached: true });
  router.post("/later", handler);
  handler.validation = { validate: (_request, response) => response.badRequest({ no: 1 }) };
  expect(await ask("POST", "/later", {})).toEqual([400, { no: 1 }]);
});

const mark =
  (name: string): Middleware =>
  (request) => {
    request["marks"] = [...(request["marks"] ?? []), name];
  };
const marks: RequestHandler = (request) => ({ marks: request["marks"] });

test("the middleware of all groups around runs, and a route's own first where it says so", async () => {
  router.group({ prefix: "/outer", middleware: [mark("outer")] }, () => {
    router.group({ prefix: "inner", middleware: [mark("inner")] }, () => {
      router.get("/", marks, { middleware: [mark("own")] });
      router.get("/first", marks, {
        middleware: [mark("own")],
        middlewarePrecedence: "before",
      });
    });
  });
  router.get("/outside", marks);
  expect(await ask("GET", "/outer/inner")).toEqual([200, { marks: ["outer", "inner", "own"] }]);
  expect(await ask("GET", "/outer/inner/first")).toEqual([
    200,
    { marks: ["own", "outer", "inner"] },
  ]);
  expect(await ask("GET", "/outside")).toEqual([200, {}]);
});

test("a group that throws leaves nothing behind", async () => {
  const broken = (): void => {
    throw new Error("broken");
  };
  expect(() => router.group({ prefix: "/x", middleware: [mark("x")] }, broken)).toThrow("broken");
  router.get("/after-broken", marks);
  expect(await ask("GET", "/after-broken")).toEqual([200, {}]);
});

test("whatever middleware returns, other than undefined, ends the chain", async () => {
  for (const [name, value] of Object.entries({ null: null, false: false, zero: 0 })) {
    router.get(`/ends/${name}`, say("reached"), { middleware: () => value });
    expect(await ask("GET", `/ends/${name}`)).toEqual([200, value]);
  }
  router.get("/ends/nothing", say("reached"), { middleware: () => undefined });
  expect(await ask("GET", "/ends/nothing")).toEqual([200, { said: "reached" }]);
});

test("every way to register a route", async () => {
  router.prefix("/ways", () => {
    router.put("/it", say("put"));
    router.patch("/it", say("patch"));
    router.version(2, () => router.get("/it", say("version")));
    router
      .route("/rows", { middleware: [mark("rows")] })
      .crud({ list: marks, create: say("create"), show: say("show"), patch: say("patchOne") })
      .postOne(say("postOne"))
      .nest("/:id/notes", { middleware: mark("notes") })
      .list(marks);
  });
  const answers: unknown[] = [];
  for (const [method, path] of [
    ["PUT", "/ways/it"],
    ["PATCH", "/ways/it"],
    ["GET", "/ways/v2/it"],
    ["GET", "/ways/rows"],
    ["POST", "/ways/rows"],
    ["GET", "/ways/rows/1"],
    ["PATCH", "/ways/rows/1"],
    ["POST", "/ways/rows/1"],
    ["GET", "/ways/rows/1/notes"],
  ] as const) {
    answers.push((await ask(method, path))[1]);
  }
  expect(answers).toEqual([
    { said: "put" },
    { said: "patch" },
    { said: "version" },
    { marks: ["rows"] },
    { said: "create" },
    { said: "show", id: "1" },
    { said: "patchOne", id: "1" },
    { said: "postOne", id: "1" },
    { marks: ["rows", "notes"] },
  ]);
});

test("HEAD has routes of its own, and those of GET where it has none", async () => {
  router.get("/both", (_request, response) => response.success({ from: "get" }));
  router.head("/both", (_request, response) => response.header("X-From", "head").success());
  router.get("/either", (_request, response) => response.header("X-From", "get").success());
  const from = async (method: string, path: string): Promise<(string | number | null)[]> => {
    const answer = await app.fetch(new Request(`http://app.example${path}`, { method }));
    return [answer.status, answer.headers.get("X-From"), await answer.text()];
  };
  expect(await from("HEAD", "/both")).toEqual([200, "head", ""]);
  expect(await from("GET", "/both")).toEqual([200, null, '{"from":"get"}']);
  expect(await from("HEAD", "/either")).toEqual([200, "get", ""]);
});

test("a handler that is given a schema later refuses its own requests, and nobody else's", async () => {
  const handler: RequestHandler = () => ({});
  router.post("/late-schema", handler);
  router.post("/beside", () => ({ fine: true }));
  Reflect.set(handler, "validation", { schema: {} });
  expect((await ask("POST", "/late-schema", {}))[0]).toBe(500);
  expect(await ask("POST", "/beside", {})).toEqual([200, { fine: true }]);
});

test("options that protect a route, and are not known here, are refused", () => {
  const options = { middleware: [], rateLimit: { max: 1, timeWindow: 1000 } };
  expect(() => router.get("/limited", marks, options)).toThrow("/limited: the option rateLimit");
});

import { memory } from "rollcall/memory";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";
import { secret } from "../../rollcall/test/support/sessions.js";
import { readBody } from "../src/core/chain.js";
import {
  authService,
  createWarlockApp,
  RefreshToken,
  router,
  Request as WarlockRequest,
  Response as WarlockResponse,
} from "../src/index.js";

interface Sent {
  readonly query?: string;
  readonly json?: string;
  readonly form?: string;
  readonly headers?: Record<string, string>;
}

/** As the application makes one of what a client sends. */
async function requestOf({ query = "", json, form, headers = {} }: Sent): Promise<WarlockRequest> {
  const type = json === undefined ? "application/x-www-form-urlencoded" : "application/json";
  const body = json ?? form;
  const web = new Request(`http://app.example/things${query}`, {
    method: "POST",
    headers: { "Content-Type": type, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return new WarlockRequest(web, {
    connection: {},
    response: new WarlockResponse(),
    params: {},
    body: await readBody(web),
  });
}

test("text that means a value is that value, and the space around text goes", async () => {
  const fields = "yes=true&no=false&nothing=null&name=+x+&n=7";
  const read = { yes: true, no: false, nothing: null, name: "x", n: "7" };
  expect((await requestOf({ query: `?${fields}` })).all()).toEqual(read);
  expect((await requestOf({ form: fields })).all()).toEqual(read);
  const json = JSON.stringify({ yes: "true", name: " x ", in: { name: " x " }, n: 7, l: [" y "] });
  expect((await requestOf({ json })).all()).toEqual({
    yes: true,
    name: "x",
    in: { name: " x " },
    n: 7,
    l: ["y"],
  });
});

test("lists and parts of objects are read from their names", async () => {
  const request = await requestOf({
    query: "?ids[]=1&ids[]=2&tags=a&tags=b&one[]=1&user[name]=y&user[ok]=true",
  });
  expect(request.query).toEqual({
    ids: ["1", "2"],
    tags: ["a", "b"],
    one: ["1"],
    user: { name: "y", ok: true },
  });
  expect(request.input("user.name")).toBe("y");
});

test("no name reaches into a prototype, and none becomes an operator", async () => {
  const query = "?__proto__=1&__proto__[a]=1&x[__proto__]=1&constructor[b]=1&id[$ne]=x&a[b][c]=1";
  const request = await requestOf({
    query,
    json: '{"__proto__":{"flag":1},"deep":{"__proto__":{"flag":1}}}',
  });
  expect(Object.keys(request.all()).sort()).toEqual([
    "a[b][c]",
    "constructor",
    "deep",
    "id[$ne]",
    "x[__proto__]",
  ]);
  expect(request.input("flag")).toBeUndefined();
  expect(Object.keys(request.input("deep"))).toEqual([]);
  expect(request.input("id")).toBeUndefined();
  expect(Reflect.get({}, "flag")).toBeUndefined();
  expect(request.input("toString")).toBeUndefined();
});

test("an operator in a JSON body is refused where it would match", async () => {
  const app = createWarlockApp({ auth: { userType: {} }, store: memory(), secret });
  onTestFinished(() => app.close());
  const request = await requestOf({ json: '{"id":{"$ne":null}}' });
  const filter = { id: request.input("id"), user_id: 1, user_type: "user" };
  await expect(RefreshToken.first(filter)).rejects.toThrow("id must be a plain value");
  await expect(authService.hashPassword(JSON.parse("123456"))).rejects.toThrow(
    "a password must be a string",
  );
});

test("what was validated is what a validator says, and nothing of itself", async () => {
  const request = await requestOf({ json: '{"name":"a","admin":true}' });
  expect(request.validated()).toEqual({});
  expect(request.validated(["admin"])).toEqual({});
  request.setValidatedData({ name: "a", age: 3 });
  expect(request.validated()).toEqual({ name: "a", age: 3 });
  expect(request.validated(["age"])).toEqual({ age: 3 });
  expect(request.validatedExcept("age")).toEqual({ name: "a" });
});

test("what a client says of itself", async () => {
  const request = await requestOf({
    query: "?x=1",
    headers: {
      "User-Agent": "it",
      Cookie: "plain=a; json=%7B%22b%22%3A1%7D",
      "X-Request-Id": "r1",
    },
  });
  const ua: string = request.header("user-agent");
  const ip: string = request.ip;
  expect([ua, ip, request.header("x-none"), request.header("x-none", 1)]).toEqual([
    "it",
    "",
    null,
    1,
  ]);
  expect([request.cookie("plain"), request.cookie("json"), request.cookie("none", 2)]).toEqual([
    "a",
    { b: 1 },
    2,
  ]);
  expect([request.hasCookie("plain"), request.hasCookie("none")]).toEqual([true, false]);
  expect([request.id, request.url, request.path, request.t("a.key")]).toEqual([
    "r1",
    "/things?x=1",
    "/things?x=1",
    "a.key",
  ]);
  const other = await requestOf({ headers: { "X-Request-Id": "with space" } });
  expect(other.id).toMatch(/^[\da-f]{32}$/);
  expectTypeOf(request.userAgent).toEqualTypeOf<string | undefined>();
});

test.each([
  ["Bearer abc", "abc"],
  ["bearer abc def", "abc"],
  ["Key abc", "abc"],
  ["Basic abc", ""],
  ["Bearer", ""],
  ["abc", ""],
])("the value of %s is %s", async (authorization, value) => {
  const request = await requestOf({ headers: { authorization } });
  expect(request.authorizationValue).toBe(value);
});

test("inputs can be told apart, set and read as what they are", async () => {
  const request = await requestOf({ query: "?a=7abc&b=1.5&c=x&d=false&e=1&id=9" });
  expect([request.int("a", 1), request.int("c", 1), request.idParam]).toEqual([7, 1, 9]);
  expect([request.number("b"), request.number("a", 2), request.float("a")]).toEqual([1.5, 2, 7]);
  expect([request.bool("d", true), request.bool("e"), request.bool("none", true)]).toEqual([
    false,
    true,
    true,
  ]);
  request.set("c", "y").setDefault("c", "z").setDefault("f", " F ").unset("a");
  expect([request.string("c"), request.email("f"), request.has("a")]).toEqual(["y", " f ", false]);
  expect(request.only(["b"])).toEqual({ b: "1.5" });
  expect(Object.keys(request.except(["b", "c"]))).toEqual(["d", "e", "id", "f"]);
});

test("behind proxies the address is the one that the outermost of them wrote", async () => {
  router.get("/address", (request: WarlockRequest) => ({ ip: request.ip }));
  const ask = async (trustedProxies: number): Promise<unknown> => {
    const terms = { auth: { userType: {} }, store: memory(), secret, trustedProxies };
    const proxied = createWarlockApp(terms);
    onTestFinished(() => proxied.close());
    const headers = { "X-Forwarded-For": "192.0.2.1, 198.51.100.7" };
    const request = new Request("http://app.example/address", { headers });
    return await (await proxied.fetch(request, { address: "127.0.0.1" })).json();
  };
  expect(await ask(0)).toEqual({ ip: "127.0.0.1" });
  expect(await ask(1)).toEqual({ ip: "198.51.100.7" });
  expect(await ask(2)).toEqual({ ip: "192.0.2.1" });
  expect(() =>
    createWarlockApp({ auth: { userType: {} }, store: memory(), secret, trustedProxies: -1 }),
  ).toThrow(/trustedProxies/);
});

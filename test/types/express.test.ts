import express from "express";
import { expectTypeOf, test } from "vitest";
import { principalOf, rollcall } from "../../src/adapters/express.js";
import type { Principal } from "../../src/core/sessions-api.js";
import type { Http } from "../../src/http/index.js";

test("the types fit those of Express", () => {
  const makeApp = (http: Http): express.Express => {
    const auth = rollcall(http);
    const app = express();
    app.use(auth.routes());
    app.get("/orders/:id", auth.guard({ types: ["user"] }), (request, response) => {
      expectTypeOf(request.params.id).toEqualTypeOf<string>();
      expectTypeOf(principalOf(request)).toEqualTypeOf<Principal>();
      response.json({ user: principalOf(request).user });
    });
    app.post("/auth/login", async (request, response) => {
      const { body } = await auth.signIn(request, response, { type: "user", id: 1 });
      response.json(body);
    });
    app.use(auth.errors());
    return app;
  };
  expectTypeOf(makeApp).returns.toEqualTypeOf<express.Express>();
});

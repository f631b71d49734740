import express from "express";
import express4 from "express4";
import type { Principal } from "rollcall";
import { principalOf, rollcall } from "rollcall/express";
import type { Http } from "rollcall/http";
import { expectTypeOf, test } from "vitest";

test("the types fit those of Express 5", () => {
  const makeApp = (http: Http): express.Express => {
    const auth = rollcall(http);
    const app = express();
    app.use(auth.routes());
    app.use("/api", auth.routes());
    app.get("/orders/:id", auth.guard({ types: ["user"] }), (request, response) => {
      expectTypeOf(request.params.id).toEqualTypeOf<string>();
      expectTypeOf(principalOf(request)).toEqualTypeOf<Principal>();
      response.json({ user: principalOf(request).user });
    });
    app.post("/auth/login", async (request, response) => {
      const { body } = await auth.signIn(request, response, { type: "user", id: 1 });
      response.json(body);
    });
    app.post("/sign-out", async (request, response) => {
      expectTypeOf(await auth.signOut(request, response)).toEqualTypeOf<void>();
      response.redirect("/");
    });
    const router = express.Router();
    router.use(auth.guard());
    app.use(router);
    app.use(auth.errors());
    return app;
  };
  expectTypeOf(makeApp).returns.toEqualTypeOf<express.Express>();
});

test("and those of Express 4", () => {
  const makeApp = (http: Http): express4.Express => {
    const auth = rollcall(http);
    const app = express4();
    app.use(auth.routes());
    app.use("/api", auth.routes());
    app.get("/orders/:id", auth.guard({ types: ["user"] }), (request, response) => {
      expectTypeOf(request.params.id).toEqualTypeOf<string>();
      expectTypeOf(principalOf(request)).toEqualTypeOf<Principal>();
      response.json({ user: principalOf(request).user });
    });
    app.post("/auth/login", (request, response, next) => {
      const signingIn = auth.signIn(request, response, { type: "user", id: 1 });
      signingIn.then(({ body }) => response.json(body), next);
    });
    app.post("/sign-out", (request, response, next) => {
      auth.signOut(request, response).then(() => response.redirect("/"), next);
    });
    const router = express4.Router();
    router.use(auth.guard());
    app.use(router);
    app.use(auth.errors());
    return app;
  };
  expectTypeOf(makeApp).returns.toEqualTypeOf<express4.Express>();
});

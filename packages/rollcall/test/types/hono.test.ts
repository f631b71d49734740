import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono } from "hono";
import type { Principal } from "rollcall";
import { type PrincipalEnv, rollcall } from "rollcall/hono";
import type { Http } from "rollcall/http";
import { expectTypeOf, test } from "vitest";

test("the types fit those of Hono", () => {
  interface AppEnv {
    Variables: { requestId: string };
  }
  const makeApp = (http: Http): Hono<AppEnv> => {
    const auth = rollcall(http, { getConnInfo });
    const app = new Hono<AppEnv>();
    app.onError(auth.errors);
    app.use(auth.routes());
    app.get("/orders/:id", auth.guard({ types: ["user"] }), (c) => {
      expectTypeOf(c.req.param("id")).toEqualTypeOf<string>();
      expectTypeOf(c.get("requestId")).toEqualTypeOf<string>();
      expectTypeOf(c.get("principal")).toEqualTypeOf<Principal>();
      expectTypeOf(c.var.principal).toEqualTypeOf<Principal>();
      return c.json({ user: c.var.principal.user });
    });
    app.get("/open", (c) => {
      // @ts-expect-error no guard stands before this one
      c.get("principal");
      return c.text("open");
    });
    app.post("/auth/login", async (c) => {
      const { body, session } = await auth.signIn(
        c,
        { type: "user", id: 1 },
        { persistent: false },
      );
      expectTypeOf(session.id).toExtend<string>();
      return c.json(body);
    });
    app.post("/sign-out", async (c) => {
      expectTypeOf(await auth.signOut(c)).toEqualTypeOf<void>();
      return c.redirect("/");
    });
    // A part of an application whose routes are all guarded.
    const account = new Hono<PrincipalEnv>();
    account.use(auth.guard());
    account.get("/", (c) => c.json(c.var.principal.user));
    app.route("/account", account);
    // @ts-expect-error user types are texts
    auth.guard({ types: [1] });
    return app;
  };
  expectTypeOf(makeApp).returns.toEqualTypeOf<Hono<AppEnv>>();
});

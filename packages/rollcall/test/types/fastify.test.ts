import { type FastifyInstance, type FastifyRequest, fastify } from "fastify";
import type { Principal } from "rollcall";
import { type FastifyRollcall, rollcall } from "rollcall/fastify";
import type { Http } from "rollcall/http";
import { expectTypeOf, test } from "vitest";

interface Order {
  Params: { id: string };
}

test("the types fit those of Fastify", () => {
  const makeApp = async (http: Http): Promise<FastifyInstance> => {
    const app = fastify();
    await app.register(rollcall, { http });
    await app.register(rollcall, { http, prefix: "/api" });
    // @ts-expect-error without createHttp there is nothing to mount
    await app.register(rollcall, {});
    app.setErrorHandler(app.rollcall.errors);
    app.addHook("onRequest", app.rollcall.guard());
    const guarded = { preHandler: [app.rollcall.guard({ types: ["user"] })] };
    app.get<Order>("/orders/:id", guarded, async (request, reply) => {
      expectTypeOf(request.principal).toEqualTypeOf<Principal>();
      expectTypeOf(request.params.id).toEqualTypeOf<string>();
      const { body } = await app.rollcall.signIn(request, reply, { type: "user", id: 1 });
      expectTypeOf(await app.rollcall.signOut(request, reply)).toEqualTypeOf<void>();
      const { principal } = request;
      // @ts-expect-error who calls is for the guard to say
      request.principal = principal;
      return body;
    });
    // @ts-expect-error user types are texts
    app.rollcall.guard({ types: [1] });
    return app;
  };
  expectTypeOf(makeApp).returns.resolves.toEqualTypeOf<FastifyInstance>();
  expectTypeOf<FastifyInstance["rollcall"]>().toEqualTypeOf<FastifyRollcall>();
  expectTypeOf<FastifyRequest["principal"]>().toEqualTypeOf<Principal>();
});

test("and those of Fastify over HTTP/2", () => {
  const makeApp = async (http: Http): Promise<void> => {
    const app = fastify({ http2: true });
    await app.register(rollcall, { http });
    app.setErrorHandler(app.rollcall.errors);
    app.get("/me", { onRequest: app.rollcall.guard() }, async ({ principal }) => {
      expectTypeOf(principal).toEqualTypeOf<Principal>();
      return principal.user;
    });
    app.post("/sign-out", (request, reply) => app.rollcall.signOut(request, reply));
  };
  expectTypeOf(makeApp).toBeFunction();
});

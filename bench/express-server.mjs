// The server under test: one process, one application per way to guard a route.
import express from "express";
import { createSessions } from "rollcall";
import { rollcall } from "rollcall/express";
import { createHttp } from "rollcall/http";
import { memory } from "rollcall/memory";

const sessions = createSessions({
  store: memory(),
  secret: "bench-secret-of-at-least-32-bytes!!",
});
const auth = rollcall(createHttp({ sessions }));

const guards = {
  open: [],
  passing: [(_request, _response, next) => next()],
  guard: [auth.guard()],
  awaited: [
    (request, response, next) => {
      const [scheme, token = ""] = (request.headers.authorization ?? "").split(" ");
      sessions.verify(scheme === "Bearer" ? token : "").then(
        (principal) => {
          response.locals.principal = principal;
          next();
        },
        (error) => response.status(error.status ?? 500).end(),
      );
    },
  ],
};

function listen(app) {
  return new Promise((resolve) => {
    const server = app.listen(0, "127.0.0.1", () => resolve(server.address().port));
  });
}

const ports = {};
for (const [name, guard] of Object.entries(guards)) {
  const app = express();
  app.get("/", ...guard, (_request, response) => {
    response.json({ message: "Hello" });
  });
  ports[name] = await listen(app);
}
const { tokens } = await sessions.start({ type: "user", id: 1 });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send(user + system);
});
process.once("disconnect", () => process.exit());
process.send({ ports, token: tokens.accessToken.token });

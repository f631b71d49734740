import { authMiddleware } from "@warlock.js/auth";
import { router } from "@warlock.js/core";
import { listSessions, revokeSession } from "./controllers/sessions";

router.group({ prefix: "/account/sessions", middleware: [authMiddleware("user")] }, () => {
  router.get("/", listSessions);
  router.delete("/:id", revokeSession);
});

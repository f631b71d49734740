import { auth } from "../../auth.js";

export const GET = auth.guard((_request, { user }) => Response.json({ user }), { types: ["user"] });

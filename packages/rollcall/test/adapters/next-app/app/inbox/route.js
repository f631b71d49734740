import { route } from "../../current.js";

export const GET = route("GET /inbox");
export const POST = route("POST /inbox");

import { route } from "../../current.js";

export const POST = route("POST /sign-out");
export const GET = route("GET /sign-out");

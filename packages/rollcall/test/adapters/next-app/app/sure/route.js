import { route } from "../../current.js";

export const GET = route("GET /sure");

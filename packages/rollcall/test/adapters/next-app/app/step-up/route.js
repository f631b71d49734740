import { route } from "../../current.js";

export const POST = route("POST /step-up");
